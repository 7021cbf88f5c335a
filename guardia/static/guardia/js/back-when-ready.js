// The page that stands in while the database does not answer goes back by itself once it does: asked every 10 to 20 s,
// each browser at another moment, and only while somebody looks at it. Without a script, the link in the page does.
"use strict";
const lookLater = () => setTimeout(look, 10000 + Math.random() * 10000);
async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/salud", { cache: "no-store" });
      if ((await answer.json()).database === "ok") {
        location.reload();
        return;
      }
    } catch {
      /* not yet */
    }
  }
  lookLater();
}
lookLater();

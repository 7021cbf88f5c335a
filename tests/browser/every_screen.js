// What a person would dislike at a glance, as lines of text: none where everything can be read.
() => {
  const unseen = (one) => {
    for (let each = one; each; each = each.parentElement) if (getComputedStyle(each).clipPath !== "none") return true;
    return false;
  };
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !unseen(one);
  const clips = (one) => /hidden|clip/.test(getComputedStyle(one).overflowX);
  const scrolls = (one) => {
    for (let each = one; each && each !== document.body; each = each.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth) return true;
    }
    return false;
  };
  // A long text that ends in an ellipsis says that there is more; a number that one dials never may.
  const ellipsis = (one) => {
    for (let each = one; each !== document.body; each = each.parentElement) {
      if (clips(each) && getComputedStyle(each).textOverflow === "ellipsis") return true;
    }
    return false;
  };
  const named = (one) => `${one.localName}${one.id ? "#" + one.id : ""}.${[...one.classList].join(".")}`;
  const of = (one, node) => `${named(one.parentElement)} > ${named(one)}: ${node.textContent.trim().slice(0, 60)}`;
  const found = new Set();
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wider > 0) found.add(`the page is ${wider} px wider than its window`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const one = node.parentElement;
    if (!node.textContent.trim() || one.closest("script, style, option, svg, pre, code, template") || !seen(one)) continue;
    const range = document.createRange();
    for (const { 0: word, index } of node.textContent.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (!boxes.length) continue;
      const tops = new Set(boxes.map((box) => Math.round(box.top)));
      if (tops.size > 1 && /^[\p{L}\p{M}.,:;()«»“”¿?¡!]+$/u.test(word)) found.add(`broken word "${word}" in ${of(one, node)}`);
      const shortened = ellipsis(one);
      if (shortened ? !one.closest("a[href^='tel:']") : scrolls(one)) continue;
      if (boxes.some((box) => box.right > innerWidth + 1 || box.left < -1)) found.add(`outside the window: ${of(one, node)}`);
      for (let each = one; each !== document.body; each = each.parentElement) {
        const edge = each.getBoundingClientRect();
        const out = boxes.some((box) => box.right > edge.right + 1.5);
        if (out && (clips(each) || each.matches("button, .button, th, td, summary"))) found.add(`cut: ${of(one, node)}`);
      }
    }
  }
  return [...found];
}

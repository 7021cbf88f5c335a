"""Windows of the browser, used by one test after another: each gets an empty one, as if nobody had used it before.

A new window costs 0.4 s of the processor more than one that is emptied.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

MOST_IDLE = 6


@dataclass(frozen=True)
class Kind:
    """What of a window cannot be changed once it is open."""

    width: int
    script: bool
    theme: str
    home: str


@dataclass
class Window:
    """``blank`` stays open between two tests, so that the window does; what is emptied is told to it."""

    kind: Kind
    context: BrowserContext
    blank: Page
    devtools: CDPSession

    def empty(self) -> None:
        """Closes its pages; forgets cookies, permissions, routes, what pages stored, service workers and the cache."""
        for page in self.context.pages:
            if page != self.blank:
                page.close()
        self.context.unroute_all()
        self.context.clear_cookies()
        self.context.clear_permissions()
        self.devtools.send("Storage.clearDataForOrigin", {"origin": self.kind.home, "storageTypes": "all"})
        self.devtools.send("Network.clearBrowserCache")


@dataclass
class Windows:
    """Those that nobody uses, the one that was used last at the end."""

    browser: Browser
    script_of_each: str
    idle: list[Window] = field(default_factory=list)

    def take(self, kind: Kind) -> Window:
        """An idle window of this kind, else a new one."""
        for window in reversed(self.idle):
            if window.kind == kind:
                self.idle.remove(window)
                return window
        context = self.context(kind)
        blank = context.new_page()
        return Window(kind, context, blank, context.new_cdp_session(blank))

    def give_back(self, window: Window) -> None:
        window.empty()
        self.idle.append(window)
        if len(self.idle) > MOST_IDLE:
            self.idle.pop(0).context.close()

    def context(self, kind: Kind) -> BrowserContext:
        """A new window without a page. Whoever takes it closes it."""
        context = self.browser.new_context(
            viewport={"width": kind.width, "height": 900},
            java_script_enabled=kind.script,
            color_scheme=kind.theme,
            locale="en",
            base_url=kind.home,
        )
        context.add_init_script(self.script_of_each)
        return context

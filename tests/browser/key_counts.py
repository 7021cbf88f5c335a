"""The ten tasks of docs/ten-tasks.md: how many keys each takes at most, and how many characters are typed besides."""

from playwright.sync_api import Locator, Page, expect


class Keys:
    """The keyboard of one person: each key that is pressed counts, and each character of what is written."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed, self.typed = page, 0, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.typed += len(words)

    def skip_the_menu(self) -> None:
        """The first link of each page leads past the menu."""
        self.press("Tab")
        expect(self.page.locator("a.skip")).to_be_focused()
        self.press("Enter")

    def reach(self, field: Locator, key: str = "Tab", most: int = 80) -> None:
        """Tab by Tab until the cursor is there; each counts."""
        for _ in range(most):
            if field.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{field} is not reached by {most} times {key}")


MOST_KEYS = {
    "open from a ringing call": 3,
    "diagnose": 10,
    "agree a visit": 4,
    "answer the customer": 5,
    "find a circuit": 8,
    "hand over": 12,
    "why was it late last month": 16,
    "publish 20 minutes as 25": 50,
    "connect a mailbox": 53,
    "tell twelve customers at once": 28,
    "connect a mail server": 39,
}
"""By the name of the task in docs/ten-tasks.md: keys besides the words that one writes."""

"""Hands that only have a keyboard: they tab to what they want, and press it."""

import re

FARTHEST = 600
IS_FOCUSED = "e => e === document.activeElement"
IS_IN_GROUP = """e => {
  const now = document.activeElement;
  return now.type === "radio" && now.name === e.name && now.form === e.form;
}"""
FOCUS_IS_SEEN = """() => {
  const now = document.activeElement;
  const shown = now.classList.contains("btn-check") ? now.nextElementSibling : now;
  const style = getComputedStyle(shown);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


class OutOfReach(Exception):
    """No number of presses of Tab leads there."""


class Keyboard:
    """A page worked without a pointer; counts the controls that were pressed."""

    def __init__(self, page):
        self.page = page
        self.pressed = 0

    def reach(self, target, *, inside=IS_FOCUSED):
        """Tab to a control; where it is reached, the focus must be seen."""
        wanted = target.element_handle()
        for _ in range(FARTHEST):
            if wanted.evaluate(inside):
                assert self.page.evaluate(FOCUS_IS_SEEN), f"unseen focus: {target}"
                return
            self.page.keyboard.press("Tab")
        raise OutOfReach(str(target))

    def press(self, role, name, *, within=None, key="Enter"):
        """Tab to a button or link by its name, and press it."""
        place = within or self.page
        self.reach(place.get_by_role(role, name=name).first)
        self.page.keyboard.press(key)
        self.pressed += 1

    def follow(self, role, name, *, to, within=None):
        """Press what leads to another page, and wait until it is there."""
        self.press(role, name, within=within)
        self.page.wait_for_url(re.compile(to))
        self.page.wait_for_load_state()

    def write(self, label, text):
        """Tab to a field by its label, and type."""
        self.reach(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.type(text)

    def choose(self, radio):
        """Tab into the group of a radio button, then go to it with the arrows."""
        wanted = radio.element_handle()
        self.reach(radio, inside=IS_IN_GROUP)
        for _ in range(20):
            if wanted.evaluate(IS_FOCUSED):
                break
            self.page.keyboard.press("ArrowRight")
        else:
            raise OutOfReach(str(radio))
        if not radio.is_checked():
            self.page.keyboard.press("Space")

    def tick(self, box):
        self.reach(box)
        self.page.keyboard.press("Space")

    def pick(self, select, label):
        """Tab to a list and type the beginning of an option."""
        self.reach(select)
        self.page.keyboard.type(label)

    def day(self, field, day):
        """Type a day as the browser's own field asks for it (en-US)."""
        self.reach(field)
        self.page.keyboard.type(f"{day:%m%d%Y}")

    def moment(self, field, at):
        self.day(field, at)
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(f"{at:%I%M%p}")

    def sign_in(self, email, password):
        self.page.wait_for_load_state()
        self.write("E-mail", email)
        self.write("Password", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)

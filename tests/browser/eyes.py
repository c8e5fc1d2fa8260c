"""What is looked at on any page: that axe finds nothing, that nothing sticks out, and how it looks."""

from harness import axe_script

WIDTHS = [375, 768, 1280]
# Where nothing may stick out either: the narrowest there are, and round where a page changes its shape.
OTHER_WIDTHS = [320, 641, 961, 1024, 1160, 1600]

# Where a page is wider than the window, the elements that make it so.
STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
}"""

AXE = axe_script()


def check_axe(person, name):
    """All rules, those of good practice included."""
    person.page.evaluate(AXE)
    violations = person.page.evaluate("axe.run(document).then((result) => result.violations)")
    told = [
        f"{name}: {violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not told, "\n".join(told)


def check_width(person, name, width):
    person.page.set_viewport_size({"width": width, "height": 900})
    found = person.page.evaluate(STICKS_OUT)
    assert not found, f"{name} at {width}: {found}"


def look(person, name, theme, folder, full=True):
    """In every width. A dialog is as high as the window, so a picture of the whole page shows less."""
    for width in OTHER_WIDTHS:
        check_width(person, name, width)
    for width in WIDTHS:
        check_width(person, name, width)
        person.page.screenshot(path=folder / f"{name}-{theme}-{width}.png", full_page=full)
        # The middle width looks like the widest.
        if width != WIDTHS[1]:
            check_axe(person, f"{name}, {theme}, {width}")

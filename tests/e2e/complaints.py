"""What a page complains of to its console."""

from playwright.sync_api import ConsoleMessage, Page


def complaints(page: Page) -> list[str]:
    """
    Errors of *page* from now on, as they come.

    Opened below the root, Streamlit looks for its server beside the page first and finds it at the
    second try: those two answers are left out.
    """
    errors: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            errors.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors

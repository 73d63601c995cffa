"""The tenant's own name and colour, around every page."""

from html import escape

import streamlit as st

from driftlock.errors import ApplicationError
from driftlock.ui.session import desk, tenant, who


def show() -> None:
    """At the head of the sidebar; nothing where the tenant has set neither, or nobody signs in."""
    if not who().signed_in:
        return
    try:
        held = desk().tenant_settings.get(tenant())
    except ApplicationError:  # a page that cannot read it still stands
        return
    rules = []
    if held.accent is not None:
        # Main buttons have white text in both themes, which the colour was checked against.
        rules.append(
            f"[data-testid='stBaseButton-primary'], [data-testid='stBaseButton-primaryFormSubmit'] "
            f"{{ background: {held.accent}; border-color: {held.accent}; }}"
        )
        rules.append(f".product-name {{ background: {held.accent}; color: #FFFFFF; padding: .3rem .7rem; }}")
    style = f"<style>{' '.join(rules)}</style>" if rules else ""
    name = held.product_name
    if style or name:
        st.html(
            f"{style}<div class='product-name' style='font-weight: 700; border-radius: .4rem'>{escape(name)}</div>"
            if name
            else style
        )

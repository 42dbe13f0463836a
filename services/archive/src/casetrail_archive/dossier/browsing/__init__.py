"""The page that opens a dossier in any browser, without a network."""

from casetrail_archive.dossier.browsing.page import Page, PageEntry, PageStep, page_html

__all__ = ["Page", "PageEntry", "PageStep", "page_html"]

"""Files of readers to text: .txt, .md, .html, .docx and .pdf, within limits and whoever made them.

What has to be parsed is parsed in a process of its own, with a limit on time and, on Linux, on memory.
"""

from toolkit.uploads.formats import KINDS
from toolkit.uploads.limits import Limits
from toolkit.uploads.reading import Upload, read_upload

__all__ = ["KINDS", "Limits", "Upload", "read_upload"]

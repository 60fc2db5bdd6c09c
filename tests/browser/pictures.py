"""The README's pictures of each page, on the demonstration: ``uv run python -m tests.browser.pictures``."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.driving import DESK, PAGES, PHONE, launch, serve, visit

FOLDER = Path(__file__).parent / "pictures"
WIDTH = 1024
COLOURS = 96  # enough for flat colours and smooth letters, and a fifth of the bytes


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, serve(Path(folder)) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for path in PAGES:
            width, height = (PHONE, 844) if path == "protocole" else (DESK, 960)
            context = browser.new_context(viewport={"width": width, "height": height}, locale="fr-BE")
            visited = visit(context, server.address + path).settle()
            _write(visited.page.screenshot(), FOLDER / f"{path or 'vue-d-ensemble'}.png")
        browser.close()


def _write(screenshot: bytes, path: Path) -> None:
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    picture.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()

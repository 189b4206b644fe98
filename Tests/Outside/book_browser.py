#!/usr/bin/env python3
"""A real browser's look at the book: every page at two widths, light and dark, and on paper.

    make book && Tests/Outside/book_browser.py [FOLDER] [--shots FOLDER] [--pages index.html,...]

FOLDER is the book, Figures/book without it. Needs Chromium (Debian: apt-get install chromium) and
Python's standard library; serves the book on the loopback interface to a headless browser, which
opens every page at 390 and at 1280 pixels, in light and in dark, and reports

- overflow: the page is wider than the window, so that a phone scrolls sideways;
- pictures that do not load, formulas without height;
- requests that leave the book, or that it has no answer to;
- text whose contrast with what lies behind it is below 4.5 : 1 (3 : 1 for large text).

--shots writes pictures of the landing page and of the first study at both widths and in the dark,
and the first study on paper as PDF. Exit code 1 when anything is wrong, 69 without a browser.
"""
import argparse
import contextlib
import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

WIDTHS = [390, 1280]
HEIGHT = 844

PROBE = """<!DOCTYPE html><html><head><title>probe</title></head><body><script>
const pages = PAGES, widths = WIDTHS;
function luminance(c) {
  const v = c.map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
  return .2126 * v[0] + .7152 * v[1] + .0722 * v[2];
}
function colour(text) { return text.match(/[\\d.]+/g).map(Number); }
function behind(e, style) {
  for (; e; e = e.parentElement) {
    const c = colour(style(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return null;
}
function faint(d, w) {
  const seen = new Set(), found = [];
  const base = w.getComputedStyle(d.documentElement);
  for (const e of d.body.querySelectorAll('*')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const key = [e.tagName, e.className, e.parentElement.className,
                 e.closest('pre,td,th,blockquote,header,footer')?.className].join('|');
    if (seen.has(key)) continue;
    seen.add(key);
    const s = w.getComputedStyle(e);
    const back = behind(e, x => w.getComputedStyle(x)) ??
      (w.matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]);
    const a = luminance(colour(s.color)), b = luminance(back);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && s.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) found.push(key + ' ' + ratio.toFixed(2));
  }
  return found;
}
async function look(page, width) {
  const frame = document.createElement('iframe');
  frame.style.cssText = `border:0;width:${width}px;height:HEIGHTpx`;
  const loaded = new Promise(done => frame.onload = done);
  frame.src = '/' + page;
  document.body.append(frame);
  await loaded;
  const d = frame.contentDocument, w = frame.contentWindow, root = d.documentElement;
  for (const i of d.images) i.loading = 'eager';
  await Promise.all([...d.images].map(i => i.complete ? 0 :
    new Promise(done => { i.onload = i.onerror = done; })));
  const wide = root.scrollWidth > root.clientWidth ? [...d.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1 &&
                 !e.closest('.scroll,pre,math')).slice(0, 5)
    .map(e => e.tagName + '.' + e.className) : [];
  const result = {
    page, width, window: root.clientWidth, content: root.scrollWidth, wide,
    lost: [...d.images].filter(i => !i.naturalWidth).map(i => i.getAttribute('src')),
    flat: [...d.querySelectorAll('math')].filter(m => !m.closest('details:not([open])') &&
      m.getBoundingClientRect().height < 4).length,
    away: w.performance.getEntriesByType('resource').map(r => r.name)
      .filter(n => !n.startsWith(location.origin)),
    faint: faint(d, w)};
  frame.remove();
  return result;
}
(async () => {
  const results = [];
  for (const page of pages) for (const width of widths) {
    try { results.push(await look(page, width)); }
    catch (error) { results.push({page, width, error: String(error)}); }
  }
  await fetch('/probe-result', {method: 'POST', body: JSON.stringify(
    {dark: matchMedia('(prefers-color-scheme: dark)').matches, results})});
})();
</script></body></html>"""


class Server(http.server.SimpleHTTPRequestHandler):
    """The book's files, the probe, and a place for its results."""

    probe, results, unanswered = "", [], []
    arrived = threading.Event()

    def log_message(self, *_):
        pass

    def send_error(self, code, *rest):
        if self.path != "/favicon.ico":
            Server.unanswered.append(f"{self.path} ({code})")
        super().send_error(code, *rest)

    def do_GET(self):
        if self.path == "/probe":
            body = Server.probe.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        Server.results.append(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()
        Server.arrived.set()


@contextlib.contextmanager
def folder_for_a_profile():
    """A temporary folder, removed once the browser's last processes write to it no more."""
    folder = tempfile.mkdtemp()
    try:
        yield folder
    finally:
        for _ in range(100):
            shutil.rmtree(folder, ignore_errors=True)
            if not os.path.exists(folder):
                break
            time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("folder", nargs="?", default=root / "Figures/book", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    parser.add_argument("--pages", help="only these, parted by commas")
    parser.add_argument("--browser")
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    names = [options.browser] if options.browser else ["chromium", "chromium-browser", "google-chrome"]
    browser = next((path for path in map(shutil.which, names) if path), None)
    if not browser:
        print("no browser found; Debian: apt-get install chromium", file=sys.stderr)
        return 69
    book = options.folder.resolve()
    if not (book / "index.html").is_file():
        print(f"{book}: no book; run `make book`", file=sys.stderr)
        return 65
    pages = sorted(str(p.relative_to(book)) for p in book.rglob("*.html"))
    if options.pages:
        pages = options.pages.split(",")
    Server.probe = (PROBE.replace("PAGES", json.dumps(pages)).replace("WIDTHS", json.dumps(WIDTHS))
                    .replace("HEIGHT", str(HEIGHT)))
    handler = functools.partial(Server, directory=str(book))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"

    def arguments(profile, dark):
        flags = ["--headless=new", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                 "--disable-background-networking", f"--user-data-dir={profile}",
                 # The system's wish: 0 is dark, 1 is light.
                 f"--blink-settings=preferredColorScheme={0 if dark else 1}"]
        return [browser, *flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]

    faults = []
    with folder_for_a_profile() as profile:
        for dark in [False, True]:
            Server.arrived.clear()
            process = subprocess.Popen(
                [*arguments(profile, dark), "--window-size=1400,1000", "--remote-debugging-port=0",
                 base + "/probe"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            came = Server.arrived.wait(options.seconds)
            process.terminate()
            process.wait()
            if not came:
                faults.append(f"the browser gave no answer in {options.seconds:.0f} s")
                continue
            answer = Server.results[-1]
            if answer["dark"] != dark:
                faults.append(f"the browser could not be made {'dark' if dark else 'light'}")
            for r in answer["results"]:
                place = f"{r['page']} at {r['width']} px, {'dark' if dark else 'light'}"
                if "error" in r:
                    faults.append(f"{place}: {r['error']}")
                    continue
                if r["content"] > r["window"]:
                    faults.append(f"{place}: {r['content']} px wide: {', '.join(r['wide'])}")
                for key, what in [("lost", "picture did not load"), ("away", "left the book"),
                                  ("faint", "contrast")]:
                    faults += [f"{place}: {what}: {x}" for x in r[key]]
                if r["flat"]:
                    faults.append(f"{place}: {r['flat']} formulas without height")
        faults += [f"no answer for {x}" for x in sorted(set(Server.unanswered))]
        if options.shots:
            options.shots.mkdir(parents=True, exist_ok=True)
            study = next((p for p in pages if p.endswith("/index.html")), "index.html")
            views = [(n, p, w, d) for n, p in [("landing", "index.html"), ("study", study)]
                     for w, d in [(390, False), (1280, False), (1280, True)]]
            for name, page, width, dark in views:
                file = options.shots / f"{name}-{width}{'-dark' if dark else ''}.png"
                # A headless window has a least width; a frame of the wanted one has none.
                Server.probe = (
                    f"<body style='margin:0'><iframe src='/{page}' style='border:0;width:{width}px;"
                    f"height:2000px'></iframe>")
                subprocess.run(
                    [*arguments(profile, dark), f"--window-size={max(width, 500)},2000",
                     "--virtual-time-budget=10000", f"--screenshot={file}", base + "/probe"],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=options.seconds)
            paper = options.shots / "study.pdf"
            subprocess.run(
                [*arguments(profile, True), "--no-pdf-header-footer", f"--print-to-pdf={paper}",
                 f"{base}/{study}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=options.seconds)
            if not paper.is_file() or paper.read_bytes()[:4] != b"%PDF":
                faults.append(f"{study} could not be printed")
    server.shutdown()
    for fault in faults:
        print(fault)
    print(f"{len(pages)} pages at {' and '.join(map(str, WIDTHS))} px, light and dark: "
          + (f"{len(faults)} faults" if faults else "no fault"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

// The live desk: rows come ready made over server-sent events. The browser reconnects by itself and tells the server
// the last event that it saw, so a restart of the server loses nothing.
"use strict";
(() => {
  const rows = document.getElementById("rows");
  if (!rows || !window.EventSource) return;
  const byId = (id) => document.getElementById(id);
  const [status, said, counts, empty, news] = ["live", "said", "counts", "empty", "news"].map(byId);
  const words = rows.dataset;
  const title = document.title;
  const skew = Date.parse(words.now) - Date.now(); // ages are told by the server's clock
  const busyFor = 3000; // a row is not pushed away from a pointer or a finger that was over it just now
  const held = new Map(); // stories that wait until the reader's hand is off the list
  let unseen = 0, touched = 0;

  const say = (lost) => {
    status.textContent = lost ? status.dataset.lost : status.dataset.live;
    status.classList.toggle("lost", lost);
  };
  const notice = () => {
    if (!document.hidden) unseen = 0;
    document.title = unseen ? `(${unseen}) ${title}` : title;
    news.hidden = held.size === 0;
    news.textContent = news.dataset.news.replace("{n}", held.size);
  };
  document.addEventListener("visibilitychange", notice);

  // Ages: the same words as the server's Span and Ago.
  const span = (ms) => {
    const minutes = Math.floor(ms / 60000), hours = Math.floor(minutes / 60);
    if (hours >= 48) return words.days.replace("%d", Math.floor(hours / 24));
    if (hours >= 1) return words.hours.replace("%d", hours);
    return minutes >= 1 ? words.minutes.replace("%d", minutes) : words.less;
  };
  const tell = (el, text) => { if (el.textContent !== text) el.textContent = text; };
  const tick = () => {
    const now = Date.now() + skew;
    for (const el of rows.querySelectorAll("time[data-span]")) tell(el, span(now - Date.parse(el.dateTime)));
    for (const el of rows.querySelectorAll("time[data-ago]")) {
      const age = now - Date.parse(el.dateTime);
      tell(el, age < 60000 ? words.just : words.ago.replace("%s", span(age)));
    }
  };
  setInterval(tick, 15000);

  // Ticked lines: how many, above the list. J and K go from line to line, X ticks one.
  const ticked = byId("ticked"), box = byId("bulk-box");
  const count = () => {
    if (!ticked) return;
    const n = rows.querySelectorAll(".tick:checked").length;
    ticked.textContent = n ? ticked.dataset.ticked.replace("{n}", n) : "";
    if (n) box.open = true;
  };
  rows.addEventListener("change", count);
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not(.tick), textarea, select")) return;
    const lines = [...rows.children], at = lines.findIndex((li) => li.contains(document.activeElement));
    if (e.key === "j" || e.key === "k") {
      lines[Math.max(0, Math.min(lines.length - 1, at < 0 ? 0 : at + (e.key === "j" ? 1 : -1)))]?.querySelector("h2 a").focus();
    } else if (e.key === "x" && at >= 0) {
      const tick = lines[at].querySelector(".tick");
      if (tick) { tick.checked = !tick.checked; count(); }
    }
  });

  const put = (story) => {
    const old = byId("story-" + story.id);
    if (old && Number(old.dataset.seq) >= story.seq) return;
    if (words.show !== "all" && !story.open) { // closed or merged: done with
      old?.remove();
      count();
      return;
    }
    if (words.show === "mine" && !old) return; // whose it is shows when the page is loaded anew
    const holder = document.createElement("template");
    holder.innerHTML = story.row; // made by our own templates, which escape what outlets wrote
    const fresh = holder.content.firstElementChild;
    if (old) {
      const tick = fresh.querySelector(".tick");
      if (tick) tick.checked = old.querySelector(".tick")?.checked ?? false;
      const links = [...old.querySelectorAll("a")], focused = links.indexOf(document.activeElement);
      old.replaceWith(fresh);
      if (focused >= 0) fresh.querySelectorAll("a")[focused]?.focus({ preventScroll: true });
    } else {
      rows.prepend(fresh);
      while (rows.children.length > Number(words.most)) rows.lastElementChild.remove();
      said.textContent = story.says;
      unseen++;
    }
    fresh.classList.add("fresh");
    empty.hidden = true;
    tick();
  };
  const release = () => {
    for (const story of held.values()) put(story);
    held.clear();
    notice();
  };
  const busy = () => Date.now() - touched < busyFor;
  const receive = (story) => {
    const known = byId("story-" + story.id);
    if (!known && (held.size > 0 || busy())) {
      held.set(story.id, story);
      setTimeout(function wait() { if (busy()) setTimeout(wait, busyFor); else release(); }, busyFor);
    } else put(story);
    notice();
  };
  for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
    rows.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  news.addEventListener("click", () => {
    touched = 0;
    release();
    scrollTo({ top: 0 });
    rows.querySelector("a")?.focus({ preventScroll: true });
  });

  let last = words.after, pause = 2000;
  const open = () => {
    const q = new URLSearchParams({ after: last, epoch: words.epoch, language: document.documentElement.lang });
    const feed = new EventSource("/events?" + q);
    feed.addEventListener("story", (e) => receive(JSON.parse(e.data)));
    feed.addEventListener("counts", (e) => { counts.innerHTML = JSON.parse(e.data); });
    feed.addEventListener("seen", (e) => { last = e.lastEventId; });
    feed.addEventListener("reset", () => { feed.close(); location.reload(); });
    feed.onopen = () => { pause = 2000; say(false); };
    feed.onerror = () => {
      say(true);
      if (feed.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      setTimeout(open, pause); // it was refused: too many feeds, or a proxy that answers for a server that is down
      pause = Math.min(60000, pause * 2);
    };
  };
  open();
})();

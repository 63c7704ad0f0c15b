// The live desk: rows come ready made over server-sent events. The browser reconnects by itself and tells the server
// the last event that it saw, so a restart of the server loses nothing.
"use strict";
(() => {
  const rows = document.getElementById("rows");
  if (!rows || !window.EventSource) return;
  const status = document.getElementById("live");
  const counts = document.getElementById("counts");
  const empty = document.getElementById("empty");
  const title = document.title;
  let unseen = 0;

  const say = (lost) => {
    status.hidden = false;
    status.textContent = lost ? status.dataset.lost : status.dataset.live;
    status.classList.toggle("lost", lost);
  };
  const notice = () => {
    if (!document.hidden) unseen = 0;
    document.title = unseen ? `(${unseen}) ${title}` : title;
  };
  document.addEventListener("visibilitychange", notice);

  const put = (story) => {
    const holder = document.createElement("template");
    holder.innerHTML = story.row; // made by our own templates, which escape what outlets wrote
    const fresh = holder.content.firstElementChild;
    const old = document.getElementById("story-" + story.id);
    if (old && Number(old.dataset.seq) >= story.seq) return;
    fresh.classList.add("fresh");
    if (old) old.replaceWith(fresh);
    else rows.prepend(fresh);
    if (!old) unseen++;
    counts.innerHTML = story.counts;
    empty.hidden = true;
    notice();
  };

  const open = (after) => {
    const feed = new EventSource("/events?after=" + after);
    let last = after;
    feed.onopen = () => say(false);
    feed.addEventListener("story", (e) => put(JSON.parse(e.data)));
    feed.addEventListener("seen", (e) => { last = e.lastEventId; });
    feed.onerror = () => {
      say(true);
      // A refusal (a proxy's 502, say) closes the feed for good: begin again where it was.
      if (feed.readyState === EventSource.CLOSED) setTimeout(() => open(last), 3000);
    };
  };
  open(rows.dataset.after);
})();

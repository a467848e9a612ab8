"use strict";

// A poll that was sent elsewhere, to the sign-in page say, must not be put into this page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const asked = new URL(requestConfig.path, window.location.href);
  const answered = new URL(xhr.responseURL || asked.href);
  if (answered.pathname !== asked.pathname) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});

// The step that began is said aloud once, not at every poll.
document.addEventListener("htmx:afterSettle", () => {
  const said = document.getElementById("said");
  const now = document.querySelector("[data-say]")?.dataset.say;
  if (said && now && said.textContent !== now) {
    said.textContent = now;
  }
});

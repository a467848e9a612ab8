// Draws the figures of a page by the specifications that print uses, each when it comes near.

const LETTERS = 12;
const MOST = 760;
const HINT = "The arrow keys go through the numbers of the picture.";
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

let asked;

function specifications(address) {
  asked ??= fetch(address, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) {
      throw new Error(`The figures were not handed out: ${answer.status}`);
    }
    return answer.json();
  });
  return asked;
}

function widthFor(place, spec) {
  const { left, right } = spec.padding;
  const least = spec.usermeta?.least ?? 0;
  return Math.max(least, Math.min(place.clientWidth, MOST)) - left - right;
}

// The letters of a page, somewhat larger than those of print.
function dressed(value) {
  if (Array.isArray(value)) {
    return value.map(dressed);
  }
  if (value && typeof value === "object") {
    const entries = Object.entries(value).map(([name, one]) => {
      const grown = /fontsize$/i.test(name) && one === 11;
      return [name, grown ? LETTERS : dressed(one)];
    });
    return Object.fromEntries(entries);
  }
  return value;
}

function forPage(place, given) {
  const spec = dressed(given);
  spec.width = widthFor(place, spec);
  spec.config.font = getComputedStyle(place).fontFamily;
  // Here the width of letters is known: labels that would touch are left out.
  spec.config.axis.labelOverlap = "parity";
  return spec;
}

function readings(spec) {
  const rows = spec.layer.flatMap((layer) => layer.data?.values ?? []);
  return [...new Set(rows.map((row) => row.told).filter(Boolean))];
}

// What is pointed at, or reached by the arrow keys, is written under the picture.
function read(place, told) {
  const reading = place.closest("figure").querySelector(".reading");
  let at = -1;
  const say = (text) => {
    reading.textContent = text;
  };
  place.addEventListener("focus", () => say(HINT));
  place.addEventListener("blur", () => say(""));
  place.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step && told.length) {
      event.preventDefault();
      const from = at < 0 && step < 0 ? 0 : at;
      at = (from + step + told.length) % told.length;
      say(told[at]);
    }
  });
  return (_handler, _event, _item, value) => say(value ?? "");
}

async function draw(place) {
  const specs = await specifications(place.dataset.charts);
  const spec = forPage(place, specs[place.dataset.chart]);
  const { view } = await window.vegaEmbed(place, spec, {
    mode: "vega-lite",
    renderer: "svg",
    actions: false,
    defaultStyle: false,
    // The policy of the site lets no text become code.
    ast: true,
    tooltip: read(place, readings(spec)),
  });
  // What is seen on it is said by its place; Vega's own roles would name the parts of a picture.
  place.querySelector("svg").setAttribute("aria-hidden", "true");
  new ResizeObserver(() => {
    const width = widthFor(place, spec);
    if (width > 0 && width !== view.width()) {
      view.width(width).run();
    }
  }).observe(place);
}

function asPicture(place) {
  const picture = new Image();
  picture.src = place.dataset.picture;
  picture.alt = place.dataset.alt;
  place.replaceChildren(picture);
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        near.unobserve(target);
        draw(target).catch((problem) => {
          console.error(problem);
          asPicture(target);
        });
      }
    }
  },
  { rootMargin: "400px" },
);

for (const place of document.querySelectorAll(".chart")) {
  place.tabIndex = 0;
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", place.dataset.alt);
  near.observe(place);
}

// Every kind of page and state a visitor can meet, and how to get there; the order is that of a visit.

export function visits(page, base, prefix) {
  const open = (path) => () => page.goto(`${base}${prefix}${path}`);
  const touch = async (selector) => { await Promise.all([page.waitForNavigation(), page.click(selector)]); };
  // By script, as a click would: what is covered or folded away can be followed too.
  const follow = (selector) => () => Promise.all([page.waitForNavigation(), page.$eval(selector, (link) => link.click())]);
  const search = (near, more = {}) => async () => {
    await open("/find/")();
    await page.type("#near", near);
    for (const [name, value] of Object.entries(more)) {
      if (value === "true") await page.click(`.ask [name="${name}"]`);
      else await page.select(`.ask [name="${name}"]`, value);
    }
    await touch(".ask button");
  };
  const then = (...steps) => async () => { for (const step of steps) await step(); };
  return {
    "start": open("/"),
    "search": open("/find/"),
    "near me": open("/find/here/"),
    "results": search("Manchester"),
    "results, narrowed": search("Manchester", { need: "drop-in", id_free: "true" }),
    "results, nothing": search("Dundee", { need: "drop-in", id_free: "true" }),
    "results, from documents": search("Berlin", { need: "rest-space" }),
    "unknown place": search("asdfghjkl"),
    "search ended": open("/f/nonsense/"),
    "area": open("/in/manchester-gb/"),
    "map": then(search("Manchester"), follow("a.to-map")),
    "service": then(search("Manchester", { id_free: "true" }), follow(".row h3 a")),
    "service from documents": then(search("Berlin", { need: "rest-space" }), follow("li:has(> .was) h3 a")),
    "say what is wrong": then(search("Manchester"), follow(".row h3 a"), follow('a[href$="/wrong/"]')),
    "said": async () => { await page.click('[value="closed"]'); await touch("form button"); },
    "list, how": open("/card/"),
    "list": then(search("Manchester"), () => page.$eval("#pick button", (button) => button.click()), () => page.waitForSelector(".card")),
    "list, four words": then(() => page.$eval("form[action$='/words/'] button", (button) => button.click()), () => page.waitForSelector("p.words")),
    "list, beside each other": then(() => page.$eval("#beside ~ form button", (button) => button.click()), () => page.waitForSelector(".compared")),
    "list, nothing there": then(() => page.goto("about:blank"), open("/card/#nothere2"), () => page.waitForSelector("main > .around")),
    "four words": open("/list/"),
    "four words, misheard": open("/list/again/misheard/"),
    "now, which country": open("/now/"),
    "now": open("/now/gb/"),
    "suggest": open("/add/"),
    "first contact": open("/first-contact/"),
    "what stays": open("/safety/"),
    "about": open("/about/"),
    "who is listed": open("/who-is-listed/"),
    "is this you": then(search("Manchester"), follow(".row h3 a"), follow('a[href$="/yours/"]')),
    "suggest, something missing": open("/add/again/name-how/"),
    "not there": open("/nowhere/"),
    "use the form": open("/find/?near=x"),
    "for programs": () => page.goto(`${base}/api/docs/`),
  };
}

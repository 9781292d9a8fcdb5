// SPDX-License-Identifier: GPL-2.0
// Appended to the page by run: uses it as somebody with a keyboard does, and leaves what
// it has found in an element of its own.
"use strict";
{
	const all = (selector) => [...document.querySelectorAll(selector)];
	const found = {};
	const press = (key) => document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
	const chosen = () => document.activeElement.closest("article").querySelector(".chosen").textContent;
	const axis = () => all("article svg")[0].textContent;
	const type = (text) => {
		const search = document.getElementById("search");
		search.value = text;
		search.dispatchEvent(new Event("input"));
	};

	found.all_events = events.length;
	found.processes = processes.length;
	found.cards = all("article").length;
	found.dealt_with = processes.filter(({ events }) => events.some(({ event }) => /done|kill/.test(event))).length;
	found.lines = all("article path.rss.known").filter((path) => path.getAttribute("d")).length;
	// The first pass of the first process, in thousandths of the plot: time and RSS before, and after.
	const [x1, y1, x2, y2] = cards[0].svg.querySelector(".rss.known").getAttribute("d").match(/[0-9.]+/g);
	const across = (x) => Math.round((x - 52) / (cards[0].svg.clientWidth - 60) * 1000);
	const up = (y) => Math.round((112 - y) / 102 * 1000);
	found.pass = [across(x1), up(y1), across(x2), up(y2)];
	found.summaries = all("article").map((card) =>
		card.querySelector("h2").textContent + ": " + card.querySelector("p.soft").textContent);
	found.marks = Object.fromEntries(["freed", "back-again", "soft"].map((colour) => [colour,
		cards[0].svg.querySelector(`path[stroke="var(--${colour})"]:not([class])`).getAttribute("d").split("M").length - 1]));
	found.killed_swap = cards.find(({ process }) => process.killed)?.svg.querySelector(".swap.known")
		.getAttribute("d").split("M").length - 1;
	found.lost = !document.getElementById("lost").hidden;
	found.addresses = events.filter((event) => "start" in event || "end" in event).length;
	found.scripts = document.scripts.length;
	found.names = all("h2").map((heading) => heading.textContent)
		.filter((name) => name.startsWith("<")).map((name) => name.replace(/\(\d+\)$/, ""));
	found.reasons = [...new Set(all("article p").flatMap((p) =>
		p.textContent.match(/left alone: [^;]*/)?.[0].match(/[a-z]+(?= \d)/g) || []))];
	// The events of the first process, one after the other.
	all("article svg")[0].focus();
	const number = processes[0].events.length;
	press("ArrowRight");
	found.first = chosen().startsWith(`1 of ${number}, at `);
	press("ArrowRight");
	found.second = chosen().startsWith(`2 of ${number}, at `);
	press("End");
	found.last = chosen().startsWith(`${number} of ${number}, at `);
	const before = axis();
	press("+");
	press("+");
	found.closer = axis() !== before;
	document.getElementById("all").click();
	found.all = axis() === before;
	const details = all("article details")[0];
	details.open = true;
	details.dispatchEvent(new Event("toggle"));
	found.rows = details.querySelectorAll("tbody tr").length;
	found.events = Math.min(number, 500);
	type("time");
	found.with_time = all("article").length;
	type("");
	document.body.style.width = "360px";
	draw_all();
	found.phone = Math.max(document.body.scrollWidth, ...all("article").map((card) => card.scrollWidth));
	found.requests = performance.getEntriesByType("resource").length;
	const pre = element("pre", JSON.stringify(found), { id: "probe" });
	document.body.append(pre);
}

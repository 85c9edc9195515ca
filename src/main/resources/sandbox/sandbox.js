// The sandbox's page. Everything shown comes from messages, so it is only ever set as text, never as markup.

const KEEP = 200;
const PAGE = 50;
const $ = id => document.getElementById(id);
const number = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** An element with classes ('button.row.person'), properties and children; null children are left out. */
function h(spec, properties, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag || 'span');
  element.className = classes.join(' ');
  Object.assign(element, properties);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

const get = async path => {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};

const pretty = value => JSON.stringify(value, null, 2);
const time = iso => h('.time', { title: full.format(new Date(iso)) }, clock.format(new Date(iso)));

// ---- rows

const TONES = {
  event: 'teal', page: 'blue', screen: 'blue', suppress: 'red', delete: 'red', unsuppress: 'teal',
  failed_attribute_change: 'amber', ignored: 'amber', merge: 'blue',
};
const LABELS = {
  failed_attribute_change: 'not applied', add_device: 'device', delete_device: 'device gone', in_app: 'in-app',
  inbox_message: 'inbox', add_relationships: 'related', delete_relationships: 'unrelated', object_identify: 'object',
  object_delete: 'object gone',
};
const label = type => LABELS[type] ?? type;
const chip = (text, tone) => h('.chip' + (tone ? '.' + tone : ''), { title: text }, text);

const count = (value, noun) => value > 0 ? `${number.format(value)} ${noun}${value === 1 ? '' : 's'}` : null;

const nameOf = person => person.id ?? person.email ?? person.phone ?? `cio_${person.cioId}`;

function personRow(person) {
  const name = nameOf(person);
  const own = person.attributes - [person.id, person.email, person.phone].filter(Boolean).length;
  const second = [person.email !== name ? person.email : null, count(own, 'attribute'),
    count(person.events, 'event'), count(person.messages, 'message')];
  const state = person.suppressed ? chip('suppressed', 'red') : person.unsubscribed ? chip('unsubscribed', 'amber') : time(person.changedAt);
  return h('button.row.person', { type: 'button', onclick: () => openPerson(person.cioId) },
    h('.strong', {}, name), state,
    h('.small.quiet', {}, second.filter(part => part).join(' · ') || 'no attributes'));
}

const EVENTS = ['event', 'page', 'screen'];

function activityRow(activity) {
  const who = EVENTS.includes(activity.type) && !activity.cioId ? `anonymous ${activity.who}` : activity.who;
  const [first, second] = EVENTS.includes(activity.type) ? [activity.name, who]
    : [who, activity.name === activity.type ? '' : activity.name];
  return h('button.row.activity', { type: 'button', onclick: () => openActivity(activity.number) },
    time(activity.receivedAt), chip(label(activity.type), TONES[activity.type]),
    h('.strong', { title: first }, first),
    h('.who.quiet', { title: second }, second),
    activity.data ? h('.data', {}, activity.data) : null);
}

function messageRow(message) {
  const title = message.broadcastId
    ? `broadcast ${message.broadcastId}, trigger ${message.triggerId}`
    : message.subject || `template ${message.template}`;
  const tone = message.undeliverable ? 'amber' : message.channel === 'broadcast' ? 'blue' : 'teal';
  return h('button.row.message', { type: 'button', onclick: () => openMessage(message.number) },
    time(message.receivedAt), chip(label(message.channel), tone),
    h('.strong', {}, title),
    h('.who.quiet', {}, message.recipient && message.recipient !== message.who ? `${message.who} → ${message.recipient}` : message.who),
    h('.data', {}, message.undeliverable ? `will not go out: ${message.undeliverable}` : message.data || 'no data'));
}

const METRIC_TONES = { bounced: 'red', dropped: 'red', failed: 'red', undeliverable: 'red', spammed: 'red',
  unsubscribed: 'amber', opened: 'blue', clicked: 'teal', converted: 'teal' };

function webhookRow(webhook) {
  const again = webhook.attempts > 1 ? ` · taken at attempt ${webhook.attempts}` : '';
  return h('button.row.webhook', { type: 'button', onclick: () => openWebhook(webhook.number) },
    time(webhook.at), chip(webhook.metric, METRIC_TONES[webhook.metric]),
    h('.strong', {}, `${webhook.source} ${webhook.sourceId}`),
    h('.who.quiet', {}, (webhook.recipient ?? '') + again),
    h('.data', {}, `${webhook.objectType}.${webhook.metric}`));
}

function refusedRow(request) {
  const more = request.reasons.length > 1 ? ` (and ${request.reasons.length - 1} more)` : '';
  return h('button.row.refusal', { type: 'button', onclick: () => openRefused(request) },
    time(request.at), chip(request.status || 'none', 'red'),
    h('.mono', { title: request.target }, `${request.method} ${request.target}`),
    h('.data', {}, request.reasons[0] + more));
}

// ---- live lists

/** A list that keeps the newest on top. While somebody points at it or is in it, it holds still and counts what waits. */
class LiveList {
  constructor(name, row, key) {
    Object.assign(this, { name, row, key, waiting: [], pointed: false, filter: () => true, live: true });
    this.element = $(`${name}-list`);
    this.held = document.querySelector(`[data-for="${name}"]`);
    this.element.addEventListener('pointerenter', event => { this.pointed = event.pointerType === 'mouse'; });
    this.element.addEventListener('pointerleave', () => { this.pointed = false; this.flush(); });
    this.element.addEventListener('focusout', () => setTimeout(() => this.flush()));
  }

  get still() {
    return this.pointed || paused || this.element.querySelector(':focus-visible') !== null;
  }

  replace(items) {
    this.waiting = [];
    this.element.replaceChildren(...items.map(item => this.wrap(item)));
    this.settle();
  }

  append(items) {
    this.element.append(...items.map(item => this.wrap(item)));
    this.settle();
  }

  /** Adds items, newest first. */
  add(items) {
    const wanted = this.live ? items.filter(this.filter) : [];
    if (wanted.length) {
      const keys = new Set(wanted.map(this.key));
      this.waiting = [...wanted, ...this.waiting.filter(item => !keys.has(this.key(item)))].slice(0, KEEP);
    }
    if (!this.still) this.flush();
    this.settle();
  }

  flush() {
    if (this.still || !this.waiting.length) return;
    const rows = this.waiting.map(item => this.wrap(item));
    const keys = new Set(rows.map(row => row.dataset.key));
    for (const old of [...this.element.children]) if (keys.has(old.dataset.key)) old.remove();
    // A flash is a hint where little happens; where much happens it would only flicker.
    if (rows.length <= 3) rows.forEach(row => row.firstChild.classList.add('fresh'));
    this.waiting = [];
    this.element.prepend(...rows);
    while (this.element.children.length > KEEP) this.element.lastChild.remove();
    this.settle();
  }

  wrap(item) {
    const row = h('li', {}, this.row(item));
    row.dataset.key = this.key(item);
    return row;
  }

  settle() {
    this.held.hidden = !this.waiting.length;
    this.held.title = 'The list holds still while you are in it, and while the page is paused.';
    this.held.textContent = `${this.waiting.length}${this.waiting.length >= KEEP ? '+' : ''} new, held`;
    const empty = !this.element.children.length && !this.waiting.length;
    this.onempty?.(empty);
    if (!this.onempty) $(`${this.name}-empty`).hidden = !empty;
  }
}

let paused = false;
let peopleNow = 0;
const people = new LiveList('people', personRow, person => person.cioId);
const activity = new LiveList('activity', activityRow, line => String(line.number));
const messages = new LiveList('messages', messageRow, message => String(message.number));
const refused = new LiveList('refused', refusedRow, request => String(request.number));
const webhooks = new LiveList('webhooks', webhookRow, webhook => String(webhook.number));
const lists = [people, activity, messages, webhooks, refused];

const SHOWN = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed'];

function showResults(results) {
  $('webhooks-to').textContent = results.endpoint ? `signed, to ${results.endpoint}` : '';
  $('webhooks-empty').textContent = results.endpoint
    ? 'Each message that is sent is reported to the service by webhooks: they appear here when it has taken them.'
    : 'No webhooks are sent: cio.sandbox.webhooks.enabled is false, or the service does not have the role webhooks.';
  const parts = [count(results.taken, 'webhook'), count(results.repeated, 'repeated attempt'),
    results.leftOut ? `${number.format(results.leftOut)} left out` : null];
  $('results-sums').textContent = parts.filter(part => part).join(' · ');
  $('results-table').hidden = !results.results.length;
  $('results-empty').hidden = results.results.length > 0;
  $('results-note').hidden = !results.results.length || !results.endpoint;
  if (results.endpoint) $('analytics').href = new URL('/analytics', results.endpoint).href;
  const cells = metrics => SHOWN.map(metric => h('td', {}, metrics[metric] ? number.format(metrics[metric]) : '–'));
  $('results-table').tBodies[0].replaceChildren(...results.results.map(result => h('tr', {},
    h('th', { scope: 'row' }, `${result.source} ${result.sourceId}`, result.channel === 'email' ? null : h('.quiet', {}, ` ${label(result.channel)}`)),
    ...cells(result.metrics))));
}

people.onempty = empty => {
  const searching = $('search').value.trim() !== '';
  $('people-empty').hidden = !empty || searching;
  $('people-none').hidden = !empty || !searching;
  $('people-more').hidden = empty || people.element.children.length >= peopleNow || people.exhausted;
};

// ---- counters and chart

const seconds = new Map();

function showStats(state) {
  const { stats } = state;
  peopleNow = state.peopleNow;
  const shown = { operations: stats.operations, people: peopleNow, events: stats.events, messages: stats.messages,
    refused: stats.refused, requests: stats.requests };
  for (const [name, value] of Object.entries(shown)) $(`n-${name}`).textContent = number.format(value);
  $('tile-refused').classList.toggle('bad', stats.refused > 0);
  $('refused-count').hidden = !stats.refused;
  $('refused-count').textContent = number.format(stats.refused);
  for (const second of state.seconds) seconds.set(second.at, second.operations);
  chart();
}

function chart() {
  const last = Math.max(...seconds.keys());
  for (const at of seconds.keys()) if (at < last - 89) seconds.delete(at);
  const values = Array.from({ length: 90 }, (_, i) => seconds.get(last - 89 + i) ?? 0);
  const peak = Math.max(...values);
  const points = values.map((value, i) => `${(i / 89 * 900).toFixed(1)},${(97 - value / (peak || 1) * 92).toFixed(1)}`);
  $('chart-line').setAttribute('d', `M${points.join('L')}`);
  $('chart-area').setAttribute('d', `M0,100L${points.join('L')}L900,100Z`);
  $('rate').textContent = number.format(values[89]);
  $('peak').textContent = peak ? `peak ${number.format(peak)}` : '';
}

// ---- stream

function connect() {
  const stream = new EventSource('/sandbox/stream');
  const connection = (state, text) => {
    $('connection').dataset.state = state;
    if ($('connection').textContent !== text) $('connection').textContent = text;
  };
  stream.addEventListener('snapshot', event => {
    const state = JSON.parse(event.data);
    connection('live', 'live');
    seconds.clear();
    showStats(state);
    people.exhausted = false;
    if (people.live) people.replace(state.people); else search();
    if (activity.live) activity.replace(state.activities); else showActivities();
    messages.filter === all ? messages.replace(state.messages) : showMessages();
    webhooks.replace(state.webhooks);
    showResults(state.results);
    refused.replace(state.refused);
  });
  stream.addEventListener('update', event => {
    const state = JSON.parse(event.data);
    showStats(state);
    people.add(state.people ?? []);
    activity.add(state.activities);
    messages.add(state.messages);
    webhooks.add(state.webhooks);
    showResults(state.results);
    refused.add(state.refused);
    if (sheetPerson && state.people?.some(person => person.cioId === sheetPerson)) showPerson(sheetPerson);
  });
  stream.onerror = () => connection('lost', 'not reachable, trying again');
}

// ---- controls

const all = () => true;
messages.filter = all;

$('pause').onclick = () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Paused' : 'Pause';
  if (!paused) lists.forEach(list => list.flush());
};

$('clear').onclick = async () => {
  if (confirm('Forget all people, events, messages and counters of the sandbox?')) {
    await fetch('/sandbox/reset', { method: 'POST' });
  }
};

let asked = 0;
async function search() {
  const query = $('search').value.trim();
  const mine = ++asked;
  const found = await get(`/sandbox/people?limit=${PAGE}&q=${encodeURIComponent(query)}`);
  if (mine !== asked) return;
  people.live = query === '';
  people.exhausted = found.people.length < PAGE;
  people.replace(found.people);
}
let typing;
$('search').oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(search, 200);
};
// Results stay current without jumping at every change.
setInterval(() => { if (!people.live && !people.still && !document.hidden) search(); }, 3000);

$('people-more').onclick = async () => {
  const shown = people.element.children.length;
  const query = encodeURIComponent($('search').value.trim());
  const found = await get(`/sandbox/people?limit=${PAGE}&offset=${shown}&q=${query}`);
  const keys = new Set([...people.element.children].map(row => row.dataset.key));
  people.exhausted = found.people.length < PAGE;
  people.append(found.people.filter(person => !keys.has(person.cioId)));
};

async function showActivities() {
  const types = $('activity-filter').value;
  activity.filter = types ? line => types.split(',').includes(line.type) : all;
  activity.replace(await get(`/sandbox/activities?limit=${PAGE}${types ? `&type=${types}` : ''}`));
}
$('activity-filter').onchange = showActivities;

async function showMessages() {
  const channel = $('messages-filter').value;
  messages.filter = channel ? message => message.channel === channel : all;
  messages.replace(await get(`/sandbox/messages?limit=${PAGE}${channel ? `&channel=${channel}` : ''}`));
}
$('messages-filter').onchange = showMessages;

const tabs = [...document.querySelectorAll('[role="tab"]')];
function select(tab) {
  $('main').dataset.tab = tab.getAttribute('aria-controls');
  for (const other of tabs) {
    other.setAttribute('aria-selected', other === tab);
    other.tabIndex = other === tab ? 0 : -1;
  }
}
tabs.forEach(tab => {
  tab.onclick = () => select(tab);
  tab.onkeydown = event => {
    const shown = tabs.filter(other => other.offsetParent);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = shown[(shown.indexOf(tab) + step + shown.length) % shown.length];
    select(next);
    next.focus();
  };
});
// People have a column of their own where there is room, and are then no tab.
const narrow = matchMedia('(max-width: 900px)');
const arrange = () => select(narrow.matches ? $('tab-people') : $('tab-activity'));
narrow.onchange = arrange;
arrange();

// ---- details

let sheetPerson = null;

function openSheet(kind, title, ...content) {
  $('sheet-kind').textContent = kind;
  $('sheet-title').textContent = title;
  $('sheet-body').replaceChildren(...content.filter(part => part));
  if (!$('sheet').open) $('sheet').showModal();
}
$('sheet-close').onclick = () => $('sheet').close();
$('sheet').onclick = event => { if (event.target === $('sheet')) $('sheet').close(); };
$('sheet').onclose = () => {
  sheetPerson = null;
  if (location.hash) history.replaceState(null, '', location.pathname);
};

const section = (title, ...content) => h('section', {}, h('h3', {}, title), ...content);
const table = rows => h('table', {}, h('tbody', {}, ...rows.map(([name, value, title]) =>
  h('tr', {}, h('th', { scope: 'row', title: title ?? '' }, name), h('td', {}, value)))));
const text = value => typeof value === 'string' ? value : JSON.stringify(value);
const unix = value => full.format(new Date(value * 1000));
const personLink = (cioId, name) => h('button', { type: 'button', onclick: () => openPerson(cioId) }, `Open ${name}`);

function openPerson(cioId) {
  sheetPerson = cioId;
  history.replaceState(null, '', `#person=${encodeURIComponent(cioId)}`);
  return showPerson(cioId);
}

/** Several changes a second may ask for a refresh; one request at a time answers them. */
let loading = false;
async function showPerson(cioId) {
  if (loading) return;
  loading = true;
  try {
    const { person, activities, messages: sent } = await get(`/sandbox/people/cio_${encodeURIComponent(cioId)}`);
    if (sheetPerson !== cioId) return;
    const scroll = $('sheet').scrollTop;
    openSheet('Person', nameOf(person), ...personDetails(person, activities, sent));
    $('sheet').scrollTop = scroll;
  } catch (error) {
    openSheet('Person', `cio_${cioId}`, h('p.note', {}, 'This person is not here any more: deleted, unsuppressed, or forgotten because others changed since.'));
  } finally {
    loading = false;
  }
}

function personDetails(person, activities, sent) {
  const attributes = Object.entries(person.attributes)
    .filter(([name]) => !['id', 'email', 'phone'].includes(name))
    .map(([name, value]) => [name, text(value), `changed ${unix(person.timestamps[name])}`]);
  return [
    person.suppressed ? h('p.note.red', {}, 'Suppressed: everything known about this person was deleted, and calls for these identifiers are accepted but ignored until somebody unsuppresses them.') : null,
    person.unsubscribed ? h('p.note', {}, 'Unsubscribed: gets no marketing messages.') : null,
    section('Identifiers', table([['id', person.id ?? '–'], ['email', person.email ?? '–'],
      ...(person.phone ? [['phone', person.phone]] : []), ['cio_id', person.cioId],
      ['first seen', full.format(new Date(person.createdAt))], ['changed', full.format(new Date(person.changedAt))]])),
    section(`Attributes (${attributes.length})`, attributes.length ? table(attributes) : h('p.quiet', {}, 'None.')),
    person.devices.length ? section(`Devices (${person.devices.length})`, table(person.devices.map(device =>
      [`${device.platform}${device.lastUsed ? `, used ${unix(device.lastUsed)}` : ''}`, `${device.token}${device.attributes ? ' ' + JSON.stringify(device.attributes) : ''}`]))) : null,
    person.segments.length ? section('Manual segments', h('.badges', {}, ...person.segments.map(id => chip(`segment ${id}`)))) : null,
    person.relationships.length ? section('Related objects', h('.badges', {}, ...person.relationships.map(key => chip(key)))) : null,
    section(`Messages (${number.format(person.messages)})`, sent.length
      ? h('ul.timeline', {}, ...sent.map(message => h('li', {}, messageRow(message)))) : h('p.quiet', {}, 'None.')),
    section(`Timeline (${count(person.events, 'event') ?? 'no events'})`, activities.length
      ? h('ul.timeline', {}, ...activities.map(line => h('li', {}, activityRow(line)))) : h('p.quiet', {}, 'None.')),
  ];
}

async function openActivity(id) {
  sheetPerson = null;
  const found = await get(`/sandbox/activities/${id}`).catch(() => null);
  if (!found) return openSheet('Activity', `number ${id}`, h('p.note', {}, 'Forgotten: newer activity took its place.'));
  openSheet(label(found.type), found.name,
    table([['person', found.cioId ? found.who : `${found.who} (no person)`], ['received', full.format(new Date(found.receivedAt))],
      ['timestamp', unix(found.timestamp)], ...(found.eventId ? [['event id', found.eventId]] : [])]),
    found.data ? section('Data', h('pre', {}, pretty(found.data))) : null,
    found.cioId ? section('Person', personLink(found.cioId, found.who)) : null);
}

async function openMessage(id) {
  sheetPerson = null;
  const found = await get(`/sandbox/messages/${id}`).catch(() => null);
  if (!found) return openSheet('Message', `number ${id}`, h('p.note', {}, 'Forgotten: newer messages took its place.'));
  const rows = found.broadcastId
    ? [['broadcast', found.broadcastId], ['trigger', found.triggerId], ['audience', found.who], ['people reached', number.format(found.cioIds.length)]]
    : [['to', found.recipient ?? '–'], ['person', found.who], ['template', found.transactionalMessageId], ['delivery', found.deliveryId]];
  openSheet(label(found.channel), found.subject ?? (found.broadcastId ? `Broadcast ${found.broadcastId}` : `Template ${found.transactionalMessageId}`),
    found.undeliverable ? h('p.note', {}, `Accepted, but it will not go out: ${found.undeliverable}.`) : null,
    table([...rows, ['received', full.format(new Date(found.receivedAt))], ...(found.sendAt ? [['scheduled for', unix(found.sendAt)]] : []),
      ...Object.entries(found.metrics).map(([metric, at]) => [metric, unix(at)])]),
    section('Data for rendering', h('pre', {}, found.data ? pretty(found.data) : 'none')),
    section('Whole request', h('pre', {}, pretty(found.request))),
    found.cioIds.length === 1 ? section('Person', personLink(found.cioIds[0], found.who)) : null);
}

async function openWebhook(id) {
  sheetPerson = null;
  const found = await get(`/sandbox/webhooks/${id}`).catch(() => null);
  if (!found) return openSheet('Webhook', `number ${id}`, h('p.note', {}, 'Forgotten: newer webhooks took its place.'));
  openSheet('Webhook', `${found.objectType}.${found.metric}`,
    table([['event id', found.eventId], ['taken', full.format(new Date(found.at))], ['attempts', found.attempts],
      ['part of', `${found.source} ${found.sourceId}`]]),
    section('Body, as it was signed', h('pre', {}, pretty(JSON.parse(found.body)))));
}

function openRefused(request) {
  sheetPerson = null;
  let body = request.body;
  try { body = pretty(JSON.parse(body)); } catch { /* Shown as it came. */ }
  openSheet(`${request.method}, answered with ${request.status || 'nothing'}`, request.target,
    section('Why', h('ul.reasons', {}, ...request.reasons.map(reason => h('li', {}, reason)))),
    section('Received', h('p', {}, full.format(new Date(request.at)))),
    section('Body', h('pre', {}, body || 'empty')));
}

// ---- start

const wantedTab = tabs.find(tab => location.hash === `#${tab.getAttribute('aria-controls')}`);
if (wantedTab) select(wantedTab);
$('base').textContent = location.origin;
$('example').textContent = `curl -u sandbox:sandbox -X PUT ${location.origin}/api/v1/customers/user-1 \\\n  -H 'Content-Type: application/json' \\\n  -d '{"email": "jane@example.com", "plan": "pro"}'`;
$('copy').onclick = async () => {
  await navigator.clipboard.writeText($('example').textContent);
  $('copy').textContent = 'Copied';
  setTimeout(() => { $('copy').textContent = 'Copy'; }, 1500);
};

/** A link to a person: #person=cio id, id or e-mail address. */
async function follow() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get('person');
  if (!wanted) return;
  const found = await get(`/sandbox/people/${encodeURIComponent(wanted)}`)
    .catch(() => get(`/sandbox/people/cio_${encodeURIComponent(wanted)}`)).catch(() => null);
  if (found) openPerson(found.person.cioId);
  else openSheet('Person', wanted, h('p.note', {}, 'Not here (yet).'));
}
window.onhashchange = follow;
connect();
follow();

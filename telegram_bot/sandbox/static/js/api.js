// The control API of the sandbox.

const ROOT = "/sandbox/api";

async function request(method, path, body) {
  const answer = await fetch(ROOT + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const given = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(given.error);
  return given;
}

export const getState = () => request("GET", "/state");
export const getChat = (bot, person, last) => request("GET", `/chats/${bot}/${person}?last=${last}`);
export const act = (bot, person, verb, body = {}) => request("POST", `/chats/${bot}/${person}/${verb}`, body);
export const createPerson = (fields) => request("POST", "/people", fields);
export const changePerson = (id, fields) => request("PATCH", `/people/${id}`, fields);

// Calls `changed` with [{kind, bot, person}], or with null when everything may have changed; `online` with true or false.
export function follow(revision, changed, online) {
  let stream;
  let last = revision;
  const connect = () => {
    stream = new EventSource(`${ROOT}/stream?after=${last}`);
    stream.onopen = () => online(true);
    stream.onmessage = (event) => {
      const given = JSON.parse(event.data);
      last = given.revision;
      changed(given.reset ? null : given.changes);
    };
    stream.onerror = () => {
      online(false);
      if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 1500);
    };
  };
  connect();
}

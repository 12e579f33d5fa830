// Passkeys: the server speaks JSON with base64url, the browser's dialog takes and gives bytes. Browsers that are still in use lack the built-in
// conversion, and some password managers break it, so it is done here.
const bytesOf = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
const textOf = buffer => buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : undefined;
const named = list => (list ?? []).map(one => ({ ...one, id: bytesOf(one.id) }));

export const offered = () => window.isSecureContext && 'PublicKeyCredential' in window;

export const create = options => ask(async () => {
  const asked = JSON.parse(options);
  const made = await navigator.credentials.create({ publicKey: {
    ...asked, challenge: bytesOf(asked.challenge), user: { ...asked.user, id: bytesOf(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials),
  } });
  return [made, {
    attestationObject: textOf(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  }];
});

export const prove = options => ask(async () => {
  const asked = JSON.parse(options);
  const made = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytesOf(asked.challenge), allowCredentials: named(asked.allowCredentials) } });
  return [made, {
    authenticatorData: textOf(made.response.authenticatorData),
    signature: textOf(made.response.signature),
    userHandle: textOf(made.response.userHandle),
  }];
});

// What the browser refuses comes back as the name of its reason.
async function ask(act) {
  try {
    if (!offered()) return { problem: 'NotSupportedError' };
    const [made, response] = await act();
    response.clientDataJSON = textOf(made.response.clientDataJSON);
    return { credential: JSON.stringify({
      id: made.id, rawId: textOf(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment ?? undefined, clientExtensionResults: {}, response,
    }) };
  } catch (error) {
    return { problem: error.name };
  }
}

// --- the sign-in page, which has no circuit --------------------------------------------------------------------------
const button = document.querySelector('button[data-passkey]');
if (button && offered()) {
  button.hidden = false;
  button.addEventListener('click', signIn);
}

async function signIn() {
  const form = button.form;
  const alert = document.getElementById('passkey-problem');
  const say = text => { alert.textContent = text; alert.hidden = !text; };
  // What the last attempt came to is over.
  document.querySelector('[role=alert]:not(#passkey-problem)')?.remove();
  const fields = new FormData(form);
  fields.delete('password');
  button.disabled = true;
  say('');
  try {
    const asked = await fetch(button.dataset.passkey + '/options', { method: 'POST', body: new URLSearchParams(fields) });
    const offer = asked.ok ? await asked.json() : { problem: button.dataset.failed };
    if (offer.problem) { say(offer.problem); return; }
    const answer = await prove(offer.options);
    if (!answer.credential) { say(answer.problem === 'NotAllowedError' ? button.dataset.cancelled : button.dataset.failed); return; }
    form.elements.pending.value = offer.pending;
    form.elements.credential.value = answer.credential;
    form.elements.password.value = '';
    form.action = button.dataset.passkey;
    form.submit();
  } catch {
    say(button.dataset.failed);
  } finally {
    button.disabled = false;
  }
}

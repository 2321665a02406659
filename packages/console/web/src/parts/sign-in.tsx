import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { type ApiError, api } from '../api.js';

export function SignIn(): JSX.Element {
  const name = useSignal('');
  const password = useSignal('');
  const failed = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    failed.value = undefined;
    try {
      await api.signIn(name.value, password.value);
      location.reload();
    } catch (error) {
      failed.value = (error as ApiError).message;
      busy.value = false;
    }
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit} class="stacked">
        <h1>
          <img src="/icon.svg" alt="" width={32} height={32} /> monsterlab console
        </h1>
        {failed.value && (
          <p class="notice bad" role="alert">
            {failed.value}
          </p>
        )}
        <label>
          Name
          <input
            name="username"
            autocomplete="username"
            autocapitalize="none"
            required
            autofocus
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(event) => {
              password.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="primary" disabled={busy.value}>
          Sign in
        </button>
        <p class="dim">The first account is admin; its password was printed when the server first started.</p>
      </form>
    </main>
  );
}

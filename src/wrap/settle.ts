/**
 * Hears how a promise of the application settles, without a tick of delay and without handling its rejection for
 * anyone else. What the listeners do is contained.
 */
import { contain } from "../guard.ts";
import { isNativePromise } from "../readers/guards.ts";

export interface SettleListener {
  readonly site: string;
  readonly onValue: (value: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * For promises that their receiver is known to handle (the SDK awaits them): the very same promise goes on. Another
 * thenable may do its work when it is subscribed to, so it is subscribed to once and a promise takes its place.
 */
export function listen(thenable: PromiseLike<unknown>, listener: SettleListener): PromiseLike<unknown> {
  const onValue = (value: unknown): void => void contain(listener.site, () => listener.onValue(value));
  const onError = (error: unknown): void => void contain(listener.site, () => listener.onError(error));
  if (isNativePromise(thenable)) {
    thenable.then(onValue, onError);
    return thenable;
  }
  return new Promise((resolve, reject) => {
    thenable.then(
      (value) => {
        onValue(value);
        resolve(value);
      },
      (error: unknown) => {
        onError(error);
        reject(error);
      },
    );
  });
}

/** For promises whose rejection may be left unhandled: a derived promise keeps it so. */
export function relay(promise: PromiseLike<unknown>, listener: SettleListener): PromiseLike<unknown> {
  return promise.then(
    (value) => {
      contain(listener.site, () => listener.onValue(value));
      return value;
    },
    (error: unknown) => {
      contain(listener.site, () => listener.onError(error));
      throw error;
    },
  );
}

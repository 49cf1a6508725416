/**
 * What a proxy of ours stands on. A proxy may not show another value for a property that its target has fixed: then it
 * stands on a copy whose properties are not.
 */
export function standIn<T extends object>(original: T, shown: readonly string[]): T {
  if (!shown.some((key) => isFixed(original, key))) return original;
  const descriptors = Object.getOwnPropertyDescriptors(original);
  for (const descriptor of Object.values<PropertyDescriptor>(descriptors)) descriptor.configurable = true;
  return Object.create(Object.getPrototypeOf(original), descriptors) as T;
}

function isFixed(original: object, key: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(original, key);
  return descriptor?.configurable === false && descriptor.writable === false;
}

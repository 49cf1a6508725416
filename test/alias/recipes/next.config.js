/** @type {import("next").NextConfig} */
export default {
  // For `next build` and `next dev`.
  turbopack: {
    resolveAlias: {
      ai: { browser: "ai", default: "ai-spans/ai" },
      "#ai-spans/sdk": "./node_modules/ai",
    },
  },
  // For `next build --webpack` and `next dev --webpack`.
  webpack(config, { isServer }) {
    if (isServer)
      config.module.rules.push({
        exclude: /node_modules[\\/]ai-spans[\\/]/,
        resolve: { alias: { ai$: "ai-spans/ai" } },
      });
    return config;
  },
};

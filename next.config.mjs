const basePath = (process.env.VIRTDECK_BASE_PATH ?? '').replace(/\/$/, '');

/** @type {import('next').NextConfig} */
const config = {
  basePath,
  env: { BASE_PATH: basePath },
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // Nothing here needs images of other sizes, and so nobody may ask for them.
  images: { unoptimized: true },
  // `npm test` checks the types of the whole project; who starts the console need not wait for it.
  typescript: { ignoreBuildErrors: true },
  // The server answers on 127.0.0.1 and people may type localhost.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  // Loaded by the process around Next; the routes must not bundle a second copy.
  serverExternalPackages: ['@node-rs/argon2', '@prisma/client', 'koffi', 'libsql', 'ws'],
};

export default config;

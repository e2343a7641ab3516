import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The page, built to static files that the control plane serves. `npm run dev` proxies to a running one. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023' },
  server: {
    port: 5173,
    proxy: { '/api': { target: 'http://127.0.0.1:5000' } },
  },
})

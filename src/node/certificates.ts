// The certificate of a distribution on a node. It is not versioned: every release of the distribution uses the newest one.

/** The file with the certificate and its key, from the inputs. */
export function certificateFile(distribution: string): string {
  return `/etc/nginx/woven/certificates/${distribution}.pem`;
}

// The certificate of a distribution on a node. It is not versioned: every release of the distribution uses the newest one.

/** The file with the certificate and its key, from the inputs. */
export function certificateFile(distribution: string): string {
  return `/etc/nginx/woven/certificates/${distribution}.pem`;
}

/** certbot's own folder. */
export const letsEncryptFolder = "/etc/letsencrypt";

/** The name that certbot knows the certificate by. */
export function certificateName(distribution: string): string {
  return `woven-${distribution}`;
}

/** The files that certbot keeps up to date. */
export function issuedFiles(distribution: string): { readonly certificate: string; readonly key: string } {
  const folder = `${letsEncryptFolder}/live/${certificateName(distribution)}`;
  return { certificate: `${folder}/fullchain.pem`, key: `${folder}/privkey.pem` };
}

import { Duration } from 'cdk8s';
import { server } from './servers';
import { each, Knowledge, often } from '../knowledge';
import { World } from '../world';

/** One of the names that the certificate is for. */
const commonName = (w: World) => ((server(w)?.hosts ?? ['shop.example.com']) as string[])[0];

/** Certificates that cert-manager issues, and who answers for their hosts. */
export const certificates: Knowledge = {
  facts: {
    'IssuedCertificate.duration': w => Duration.hours(w.choices.int(1, 2000)),
    'IssuedCertificate.renewBefore': w => Duration.minutes(w.choices.int(5, 59)),
    'IssuedCertificate.commonName': commonName,
    'CertificateKey.rsa.size': w => w.choices.pick([2048, 3072, 4096, 8192]),
    'CertificateKey.ecdsa.size': w => w.choices.pick([256, 384, 521]),
    'ExternalIssuer.group': w => w.choices.pick(['awspca.cert-manager.io', 'cas-issuer.jetstack.io']),
    'ExternalIssuer.kind': w => w.choices.pick(['AWSPCAClusterIssuer', 'GoogleCASIssuer']),
  },
  forced: each(['IssuedCertificate.privateKey', 'CertificateKey.*.options', 'CertificateKeyOptions.rotationPolicy'], often),
};

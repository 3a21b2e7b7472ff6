// Package tokens issues valid and invalid JSON Web Tokens.
package tokens

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"time"
)

// Mint has a key for each issuer of a run, and one of no issuer.
type Mint struct {
	mu   sync.Mutex
	keys map[string]*ecdsa.PrivateKey
}

// Token describes a token to sign.
type Token struct {
	Issuer    string
	Subject   string
	Audiences []string
	Claims    map[string]any
	// Expired tokens were valid an hour ago.
	Expired bool
	// Untrusted signs with a key that is not the issuer's.
	Untrusted bool
}

func (m *Mint) key(issuer string) (*ecdsa.PrivateKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys == nil {
		m.keys = map[string]*ecdsa.PrivateKey{}
	}
	if m.keys[issuer] == nil {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		m.keys[issuer] = key
	}
	return m.keys[issuer], nil
}

// JWKS is the issuer's public key, as its key set.
func (m *Mint) JWKS(issuer string) (string, error) {
	key, err := m.key(issuer)
	if err != nil {
		return "", err
	}
	size := 32
	set := map[string]any{"keys": []any{map[string]string{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "run",
		"x": encode(key.X.FillBytes(make([]byte, size))), "y": encode(key.Y.FillBytes(make([]byte, size))),
	}}}
	text, err := json.Marshal(set)
	return string(text), err
}

// Sign makes a token.
func (m *Mint) Sign(t Token) (string, error) {
	name := t.Issuer
	if t.Untrusted {
		name = "untrusted to " + name
	}
	key, err := m.key(name)
	if err != nil {
		return "", err
	}
	now := time.Now()
	if t.Expired {
		now = now.Add(-2 * time.Hour)
	}
	claims := map[string]any{"iss": t.Issuer, "sub": t.Subject, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	if len(t.Audiences) > 0 {
		claims["aud"] = t.Audiences
	}
	maps.Copy(claims, t.Claims)
	header, err := json.Marshal(map[string]string{"alg": "ES256", "typ": "JWT", "kid": "run"})
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	signed := encode(header) + "." + encode(body)
	digest := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	if err != nil {
		return "", err
	}
	return signed + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

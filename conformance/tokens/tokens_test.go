package tokens

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// An independent library reads the tokens.
func TestSign(t *testing.T) {
	m := &Mint{}
	text, err := m.JWKS("login")
	if err != nil {
		t.Fatal(err)
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		t.Fatal(err)
	}
	read := func(token Token) (jwt.Claims, map[string]any, error) {
		signed, err := m.Sign(token)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jwt.ParseSigned(signed, []jose.SignatureAlgorithm{jose.ES256})
		if err != nil {
			t.Fatal(err)
		}
		var claims jwt.Claims
		others := map[string]any{}
		err = parsed.Claims(keys.Keys[0].Key, &claims, &others)
		return claims, others, err
	}
	claims, others, err := read(Token{Issuer: "login", Subject: "jason", Audiences: []string{"shop"}, Claims: map[string]any{"groups": []string{"admin"}}})
	if err != nil || claims.Issuer != "login" || claims.Subject != "jason" || !claims.Audience.Contains("shop") || others["groups"].([]any)[0] != "admin" {
		t.Errorf("got %v, %v, %v", claims, others, err)
	}
	if err := claims.ValidateWithLeeway(jwt.Expected{Time: time.Now()}, 0); err != nil {
		t.Errorf("a good token: %v", err)
	}
	expired, _, err := read(Token{Issuer: "login", Expired: true})
	if err != nil || expired.ValidateWithLeeway(jwt.Expected{Time: time.Now()}, time.Minute) == nil {
		t.Errorf("an expired token holds (%v)", err)
	}
	if _, _, err := read(Token{Issuer: "login", Untrusted: true}); err == nil {
		t.Error("an unknown signature is valid")
	}
}

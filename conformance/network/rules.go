package network

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Uid is the user that proxies run as; their own traffic is exempt from interception, as in a real sidecar.
const Uid = 1337

// Exclusions are the ports that a pod's annotations take out of interception.
type Exclusions struct{ InboundPorts, OutboundPorts []string }

// Intercept sets up the sidecar's REDIRECT rules inside a namespace, as istio-iptables does.
func (n *Namespace) Intercept(x Exclusions) error {
	rules := []string{
		"*nat",
		":ISTIO_INBOUND - [0:0]", ":ISTIO_REDIRECT - [0:0]", ":ISTIO_IN_REDIRECT - [0:0]", ":ISTIO_OUTPUT - [0:0]",
		"-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001",
		"-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006",
		"-A PREROUTING -p tcp -j ISTIO_INBOUND",
		"-A OUTPUT -p tcp -j ISTIO_OUTPUT",
	}
	for _, port := range append([]string{"15008", "15090", "15021", "15020"}, x.InboundPorts...) {
		rules = append(rules, "-A ISTIO_INBOUND -p tcp --dport "+port+" -j RETURN")
	}
	rules = append(rules, "-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT",
		"-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN",
		fmt.Sprintf("-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp ! --dport 15008 -m owner --uid-owner %d -j ISTIO_IN_REDIRECT", Uid),
		fmt.Sprintf("-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner %d -j RETURN", Uid),
		fmt.Sprintf("-A ISTIO_OUTPUT -m owner --uid-owner %d -j RETURN", Uid))
	for _, port := range x.OutboundPorts {
		rules = append(rules, "-A ISTIO_OUTPUT -p tcp --dport "+port+" -j RETURN")
	}
	rules = append(rules, "-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN", "-A ISTIO_OUTPUT -j ISTIO_REDIRECT", "COMMIT")
	return n.Do(func() error {
		if err := restore(rules); err != nil {
			return err
		}
		return forgetSoon()
	})
}

// Remembered is the time that the kernel remembers a closed connection. During this time it gives an equal connection behind a
// redirection another source port, and its owner is unknown then. The kernel's default is two minutes.
const Remembered = time.Second

func forgetSoon() error {
	for _, state := range []string{"time_wait", "close"} {
		if err := sysctl("netfilter/nf_conntrack_tcp_timeout_"+state, strconv.Itoa(int(Remembered.Seconds()))); err != nil {
			return err
		}
	}
	return nil
}

// Forward is one destination address and port (a cluster IP, a load balancer) with the addresses behind it.
type Forward struct {
	Address string
	Port    int32
	To      []string // address:port
}

// Cloud is what lies between the namespaces: kube-proxy's forwards, and what cannot reach each other directly.
type Cloud struct {
	Forwards []Forward
	// PodRanges are closed against each other and against the outside.
	PodRanges []string
	// Silent are addresses that neither accept nor refuse connections.
	Silent []string
}

// Route replaces the root namespace's rules.
func (n *Net) Route(c Cloud) error {
	rules := []string{"*nat"}
	for _, f := range c.Forwards {
		for i, to := range f.To {
			share := ""
			if left := len(f.To) - i; left > 1 {
				share = fmt.Sprintf(" -m statistic --mode random --probability %.8f", 1/float64(left))
			}
			rules = append(rules, fmt.Sprintf("-A PREROUTING -p tcp -d %s --dport %d%s -j DNAT --to-destination %s", f.Address, f.Port, share, to))
		}
	}
	rules = append(rules, "COMMIT", "*filter", "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
	for _, address := range c.Silent {
		rules = append(rules, "-A FORWARD -d "+address+" -j DROP")
	}
	rules = append(rules, "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT")
	for _, r := range c.PodRanges {
		rules = append(rules, fmt.Sprintf("-A FORWARD ! -s %s -d %s -j REJECT --reject-with icmp-host-prohibited", r, r))
	}
	rules = append(rules, "COMMIT")
	return n.root.Do(func() error {
		if err := restore(rules); err != nil {
			return err
		}
		return forgetSoon()
	})
}

func restore(rules []string) error {
	cmd := exec.Command("iptables-restore", "-w")
	cmd.Stdin = strings.NewReader(strings.Join(rules, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("iptables-restore: %v: %s\n%s", err, out, strings.Join(rules, "\n"))
	}
	return nil
}

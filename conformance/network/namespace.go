// Package network connects the pods: one network namespace for each pod or machine,
// joined by point-to-point links through the run's own root namespace.
package network

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Namespace is one network namespace. It has no name in the file system: it is gone when the run's process is.
type Namespace struct {
	file *os.File
	// Address is its only address besides loopback.
	Address string
	link    string
}

// Do runs f on a thread inside the namespace. Sockets that f opens, and processes that it starts, stay there.
func (n *Namespace) Do(f func() error) error {
	home, err := home()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("entering a network namespace: %w", err)
			return // the thread ends with the goroutine, as it is still locked
		}
		err := f()
		if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}

// home is the initial namespace of the process. Its threads return to it.
var home = sync.OnceValues(func() (*os.File, error) { return os.Open("/proc/thread-self/ns/net") })

// Listen opens a TCP listener inside the namespace.
func (n *Namespace) Listen(address string) (l net.Listener, err error) {
	err = n.Do(func() error {
		l, err = net.Listen("tcp4", address)
		return err
	})
	return l, err
}

// ListenPacket is the same for UDP.
func (n *Namespace) ListenPacket(address string) (c net.PacketConn, err error) {
	err = n.Do(func() error {
		c, err = net.ListenPacket("udp4", address)
		return err
	})
	return c, err
}

// gateway is the address of the far end of every link; each pod has a link of its own, so all may share it.
const gateway = "169.254.1.1"

// Net makes namespaces and joins them through a root namespace of its own.
type Net struct {
	root *Namespace
	mu   sync.Mutex
	made []*Namespace
}

// New makes the root namespace, which has the addresses.
func New(addresses ...string) (*Net, error) {
	root, err := fresh()
	if err != nil {
		return nil, err
	}
	return &Net{root: root}, root.Do(func() error {
		for key, value := range map[string]string{"ip_forward": "1", "conf/all/rp_filter": "0", "conf/default/rp_filter": "0"} {
			if err := sysctl("ipv4/"+key, value); err != nil {
				return err
			}
		}
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		for _, a := range addresses {
			addr, _ := netlink.ParseAddr(a + "/32")
			if err := netlink.AddrAdd(lo, addr); err != nil {
				return err
			}
		}
		return netlink.LinkSetUp(lo)
	})
}

// Root is the namespace that joins all others.
func (n *Net) Root() *Namespace { return n.root }

// fresh makes an empty namespace.
func fresh() (*Namespace, error) {
	ns := &Namespace{}
	made := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			ns.file, err = os.Open("/proc/thread-self/ns/net")
		}
		made <- err
	}()
	return ns, <-made
}

func sysctl(key, value string) error {
	return os.WriteFile("/proc/sys/net/"+key, []byte(value), 0o644)
}

// Add makes a namespace with one address, reachable from all others through the root namespace.
func (n *Net) Add(address string) (*Namespace, error) {
	ns, err := fresh()
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	ns.Address, ns.link = address, fmt.Sprintf("v%d", len(n.made))
	n.made = append(n.made, ns)
	n.mu.Unlock()
	veth := &netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: ns.link}, PeerName: "eth0", PeerNamespace: netlink.NsFd(ns.file.Fd()),
	}
	if err := n.root.Do(func() error {
		if err := netlink.LinkAdd(veth); err != nil {
			return fmt.Errorf("making a link: %w", err)
		}
		return rootEnd(ns)
	}); err != nil {
		return nil, err
	}
	return ns, ns.Do(func() error { return podEnd(address) })
}

func rootEnd(ns *Namespace) error {
	link, err := netlink.LinkByName(ns.link)
	if err != nil {
		return err
	}
	addr, _ := netlink.ParseAddr(gateway + "/32")
	if err := netlink.AddrAdd(link, addr); err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	return netlink.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: host(ns.Address), Scope: netlink.SCOPE_LINK})
}

func podEnd(address string) error {
	for key, value := range map[string]string{
		"ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0", "ipv4/ip_unprivileged_port_start": "0",
	} {
		if err := sysctl(key, value); err != nil {
			return err
		}
	}
	for _, name := range []string{"lo", "eth0"} {
		link, err := netlink.LinkByName(name)
		if err != nil {
			return err
		}
		if err := netlink.LinkSetUp(link); err != nil {
			return err
		}
		if name == "lo" {
			continue
		}
		addr, err := netlink.ParseAddr(address + "/32")
		if err != nil {
			return err
		}
		if err := netlink.AddrAdd(link, addr); err != nil {
			return err
		}
		index := link.Attrs().Index
		if err := netlink.RouteAdd(&netlink.Route{LinkIndex: index, Dst: host(gateway), Scope: netlink.SCOPE_LINK}); err != nil {
			return err
		}
		if err := netlink.RouteAdd(&netlink.Route{LinkIndex: index, Gw: net.ParseIP(gateway), Src: net.ParseIP(address)}); err != nil {
			return err
		}
	}
	return nil
}

func host(address string) *net.IPNet {
	return &net.IPNet{IP: net.ParseIP(address).To4(), Mask: net.CIDRMask(32, 32)}
}

// Remove takes a namespace away; it vanishes once nothing inside it runs.
func (n *Net) Remove(ns *Namespace) {
	_ = n.root.Do(func() error {
		link, err := netlink.LinkByName(ns.link)
		if err != nil {
			return err
		}
		return netlink.LinkDel(link)
	})
	_ = ns.file.Close()
}

// Close lets all namespaces go.
func (n *Net) Close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, ns := range append(n.made, n.root) {
		_ = ns.file.Close() // one that was removed is closed already
	}
}

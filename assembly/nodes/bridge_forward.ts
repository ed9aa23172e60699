// bridge_forward.ts -- node: learn where a frame comes from, find where it goes.
//
// IEEE 802.1Q clauses 8.6 (forwarding), 8.7 (learning), 8.8 (filtering
// database). Groups that a bridge never forwards (table 8-1: STP, LACP, LLDP,
// PAUSE) end here and teach nothing: their senders are the neighbours on the
// wire. Ageing is by packet time, so it does not depend on vector sizes.
//
//   in / out  the frame, unchanged and without the tags of its interface
//
// cfg    Packet.IFACE: a member or the bridge's own interface; Switch.BRIDGES, Switch.FDB
// edges  1 ip4_input, 2 ip6_input, 3 arp_input, 4 mpls_lookup, 5 iface_output, 6 bridge_flood
// sets   DOMAIN; IFACE (known destinations); L3, FLAGS.GROUP (own interface)

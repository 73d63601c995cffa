"""Field names that speak for a kind, compared without case and punctuation."""

MESSAGE = frozenset({"message", "msg", "body", "log", "text", "line", "content", "event", "severitytext"})
LEVEL = frozenset({"level", "severity", "loglevel", "lvl", "levelname", "severitytext", "severitynumber"})
SPAN = frozenset(
    {"parentspanid", "parentid", "duration", "durationms", "durationus", "durationns", "durationnano"}
    | {
        "operationname",
        "spanname",
        "endtime",
        "endtimeunixnano",
        "starttime",
        "starttimeunixnano",
        "spankind",
    }
)
# A span without ids, as some exporters flatten them: the called peer and how long it took.
PEER = frozenset({"peer", "peerservice", "netpeername"})
TOOK = frozenset({"durms", "durus", "durns", "duration", "durationms", "durationus", "durationns"})
PROMPT = frozenset(
    {"prompt", "prompts", "question", "instruction", "userinput", "userprompt", "systemprompt"}
)
ANSWER = frozenset({"completion", "response", "output", "answer", "generation", "modeloutput", "choices"})
TOKENS = frozenset(
    {"prompttokens", "completiontokens", "inputtokens", "outputtokens", "totaltokens", "usage"}
)
TURNS = frozenset({"messages", "conversation", "conversations"})
METRIC_NAME = frozenset({"metric", "metricname", "name", "measurement", "kpi", "series"})
METRIC_VALUE = frozenset({"value", "val", "gauge", "count", "sum", "avg", "mean"})
TIME = frozenset({"timestamp", "time", "ts", "datetime", "date", "t", "timeunixnano"})

# Names that only the two ends of a network flow have, source and destination apart.
FROM = frozenset(
    {"srcip", "srcaddr", "saddr", "sourceip", "sourceaddress", "sourceipaddress", "idorigh", "ipsrc", "sip"}
    | {"srcport", "sport", "spt", "sourceport", "idorigp", "tcpsrcport", "udpsrcport"}
)
TO = frozenset(
    {"dstip", "destip", "dstaddr", "daddr", "destinationip", "destinationaddress", "destinationipaddress"}
    | {"idresph", "ipdst", "dip"}
    | {
        "dstport",
        "destport",
        "dport",
        "dsport",
        "dpt",
        "destinationport",
        "idrespp",
        "tcpdstport",
        "udpdstport",
    }
)
# Names that other things have as well; they count where the value is an address.
FROM_IF_ADDRESS = frozenset({"src", "source", "sa"})
TO_IF_ADDRESS = frozenset({"dst", "dest", "destination", "da"})
PROTOCOL = frozenset({"proto", "protocol", "protocoltype", "ipproto", "ipprotocol", "transport", "pr"})
PROTOCOLS = frozenset("tcp udp icmp icmp6 ipv6-icmp sctp gre esp arp igmp".split())
# Any small number may be one, so they count beside two ends only.
PROTOCOL_NUMBERS = frozenset("1 2 6 17 47 50 58 132".split())
VOLUME = frozenset(
    "bytes octets packets pkts srcbytes dstbytes sbytes dbytes spkts dpkts origbytes respbytes origpkts "
    "resppkts inbytes outbytes inpkts outpkts ipkt ibyt bytessent bytesreceived bytestoserver bytestoclient "
    "pktstoserver pktstoclient len length".split()
)
# Two of these are enough: nothing but a flow has them.
FLOW = frozenset(
    "flowid flowduration flowbytes/s flowpackets/s flowbyts/s flowpkts/s totfwdpkts totbwdpkts "
    "totalfwdpackets totalbackwardpackets".split()
)

MONEY = frozenset(
    "amount amt totalamount transactionamount txamount amountusd amounteur paymentamount price unitprice "
    "totalprice total subtotal grandtotal fee balance newbalance oldbalance paymentvalue".split()
)
REFERENCE = frozenset(
    "transactionid transaction txid txnid transactiontype txtype orderid order invoice invoiceid invoiceno "
    "paymentid paymentmethod paymenttype tradeid claimid policyid".split()
)
PARTY = frozenset(
    "merchant merchantid merchantname account accountid accountnumber accountfrom accountto fromaccount "
    "toaccount card cardid cardnumber cardtype customer customerid payer payee sender receiver recipient "
    "beneficiary currency iban wallet nameorig namedest buyer seller product productid sku".split()
)
# A row that names any of these tells of something a program did, not of a thing.
OF_A_PROGRAM = frozenset(
    "method path url uri request useragent status statuscode host hostname pid service servicename logger "
    "component process thread function file action operation eventtype traceid spanid".split()
)

using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Keys of device logs, in Chinese and English, and the fields they mean. Keys are compared in lower case.</summary>
internal static class KeyVocabulary
{
    private static readonly Dictionary<string, FieldTarget> Known = Build();

    /// <summary>Where the value of a key goes; an unknown key becomes a field of its own below the prefix.</summary>
    public static FieldTarget Of(string key, string prefix) =>
        Known.TryGetValue(key.Trim().ToLowerInvariant(), out var target) ? target : new FieldTarget(FieldNames.Intern(prefix + key.Trim()));

    /// <summary>As <see cref="Of"/> for a dotted path of JSON: addresses and ports are known by their last name too.</summary>
    public static FieldTarget OfPath(string path, string prefix)
    {
        var last = path[(path.LastIndexOf('.') + 1)..].ToLowerInvariant();
        if (!Knows(path) && last.Length >= 3 && Known.TryGetValue(last, out var target) && target.Kind is ValueKind.Ip or ValueKind.Port && last is not ("src" or "dst")) return target;
        return Of(path, prefix);
    }

    /// <summary>True when the key is one that devices use.</summary>
    public static bool Knows(string key) => Known.ContainsKey(key.Trim().ToLowerInvariant());

    /// <summary>True when devices use the key, or the field it would become already has a name: a rule or another sender uses it.</summary>
    public static bool IsWanted(string key, string prefix) => Knows(key) || FieldNames.Find(prefix + key.Trim()) != 0;

    private static Dictionary<string, FieldTarget> Build()
    {
        var known = new Dictionary<string, FieldTarget>(StringComparer.Ordinal);
        void Add(string keys, ushort field, ValueKind kind = ValueKind.Plain, ushort also = 0)
        {
            foreach (var key in keys.Split(' ')) known[key] = new FieldTarget(field, also, kind);
        }
        Add("src srcip src_ip src_addr i_srcip s_srcip source_addr sourceaddr srcipv4 src_ipv4 sip_v4 attacker alarm_src sourceipaddress ipaddr_src id.orig_h c-ip cip source_ip sourceip sip s_ip saddr sa srcaddr source-ip src-ip srcaddress source_address client_ip clientip c_ip remip attack_ip attacker_ip 源ip 源地址 源ip地址 来源 来源ip 攻击ip 客户端ip 访问源ip 源", Field.SourceIp, ValueKind.Ip);
        Add("dst dstip dst_ip dst_addr i_dstip s_dstip dest_addr destipaddress dst_ipv4 destination_addr destinationip targetip target_ip dest victim id.resp_h s-ip dest_ip destip dip d_ip daddr da dstaddr destaddr destination_ip destination-ip dst-ip dstaddress destination_address server_ip serverip suffer_ip victim_ip 目的ip 目的地址 目的ip地址 目标ip 目标地址 受害ip 服务器ip 目的", Field.DestinationIp, ValueKind.Ip);
        Add("spt sport srcport i_srcport s_srcport srcport_ id.orig_p c-port src_port source_port sourceport s_port source-port src-port 源端口 客户端端口 攻击端口", Field.SourcePort, ValueKind.Port);
        Add("dpt dport dstport i_dstport destinationport targetport id.resp_p s-port dst_port dest_port destport destination_port d_port destination-port dst-port 目的端口 目标端口 服务器端口", Field.DestinationPort, ValueKind.Port);
        Add("proto protocol transport tproto prot i_ipproto ip_proto basic-protocol-name 协议 协议类型 传输协议", 0, ValueKind.Protocol);
        Add("act action 动作 系统动作 处置 处置动作 执行动作 响应动作", 0, ValueKind.Action);
        Add("smac srcmac src_mac source_mac 源mac", Field.SourceMac);
        Add("dmac dstmac dst_mac dest_mac 目的mac", Field.DestinationMac);
        Add("suser user username identity operator operator_name loginname login_name login_user admin person usr usrname user_name account 用户 用户名 用户名称 账号 登录用户 操作用户", Field.UserName, ValueKind.WindowsUser);
        Add("duser dstuser target_user 目标用户", Field.UserTargetName);
        Add("shost src_host srchost 源主机", Field.SourceDomain);
        Add("dhost dst_host dsthost 目的主机", Field.DestinationDomain);
        Add("dvchost devname hostname host_name 主机 主机名 设备名称 设备名", Field.HostName);
        Add("devid serial serial_number 设备序列号", Field.ObserverSerialNumber);
        Add("request url uri r_url 网址 url地址 请求url", Field.UrlOriginal);
        Add("domain host http_host 域名", Field.UrlDomain);
        Add("requestmethod method http_method 请求方法 请求方式", Field.HttpRequestMethod);
        Add("requestclientapplication useragent user_agent http_user_agent ua 客户端环境", Field.UserAgentOriginal);
        Add("referer referrer http_referer", Field.HttpRequestReferrer);
        Add("status status_code http_status response_code 响应码", Field.HttpResponseStatusCode);
        Add("sev severity risk_level threat_level 级别 严重级别 严重等级 威胁级别 威胁等级 威胁 等级 风险等级 危险等级 告警级别", 0, ValueKind.Severity, Field.LogLevel);
        Add("level pri", Field.LogLevel);
        Add("rule rulename rule_name rule-name policy policyname policy_name 策略 策略名称 规则 规则名称 命中规则", Field.RuleName);
        Add("ruleid rule_id policyid policy_id signature_id signid 规则id 策略id 触发规则 规则编号", Field.RuleId);
        Add("attack attackname attack_name attack_type attacktype eventname event_name event_type threat threat_name signname virus virus_name name 攻击类型 攻击名称 事件 事件名称 事件类型 告警名称 漏洞名称 病毒名称 威胁名称 攻击", Field.RuleName);
        Add("cat category attack_category 类型 分类 事件分类 告警类型", Field.RuleCategory);
        Add("app appname application service 应用 应用名称 服务", Field.NetworkApplication);
        Add("in rcvdbyte rcvd bytes_in 接收字节 接收流量", Field.DestinationBytes);
        Add("out sentbyte sent bytes_out 发送字节 发送流量", Field.SourceBytes);
        Add("sentpkt 发送包数", Field.SourcePackets);
        Add("rcvdpkt 接收包数", Field.DestinationPackets);
        Add("transip nat_src srcnat", Field.SourceNatIp, ValueKind.Ip);
        Add("srcintf inintf indev in_interface", Field.ObserverIngressInterfaceName);
        Add("dstintf outintf outdev out_interface", Field.ObserverEgressInterfaceName);
        Add("srczone source-zone src_zone 源区域 源安全域", Field.ObserverIngressZone);
        Add("dstzone destination-zone dst_zone 目的区域 目的安全域", Field.ObserverEgressZone);
        Add("fname filename file_name file 文件 文件名 文件名称", Field.FileName);
        Add("filepath file_path 文件路径", Field.FilePath);
        Add("filehash md5 file_md5 文件md5", Field.FileHashMd5);
        Add("sha256 file_sha256", Field.FileHashSha256);
        Add("cmd command 命令 操作命令", Field.ProcessCommandLine);
        Add("dst_domain bad_domain qname query", Field.DnsQuestionName);
        Add("sessionid session_id connid 会话id", FieldNames.Intern("network.session_id"));
        Add("result outcome 结果 登录结果 操作结果", Field.EventOutcome, ValueKind.Outcome);
        Add("reason 原因 失败原因", Field.EventReason);
        Add("logid log_id eventid event_id", Field.EventCode);
        Add("logtype log_type type 日志类型", FieldNames.Intern("device.log_type"));
        Add("subtype sub_type 子类型", FieldNames.Intern("device.log_subtype"));
        Add("rt eventtime devtime stat_time logtime log_time record_time occurtime i_logtime gentime alarm_time event_time access_time reporttime report_time createtime time_received timegenerated starttime_utc timestamp occur_time 时间 发生时间 产生时间 日志时间", 0, ValueKind.Time);
        Add("time", 0, ValueKind.Time);
        Add("date", 0, ValueKind.Date);
        Add("ip login_ip loginip host_ip ipaddress ip_address who_ip operate_ip 登录ip 客户端地址", Field.SourceIp, ValueKind.Ip);
        Add("agentip agent_ip iplist ipaddr devip dev_ip dvc 主机ip 设备ip 终端ip", Field.HostIp, ValueKind.Ip);
        Add("start starttime start_time begintime begin_time time_begin 开始时间", Field.EventStart, ValueKind.Instant);
        Add("end endtime end_time time_end 结束时间", Field.EventEnd, ValueKind.Instant);
        Add("x_forwarded_for xff xff_ip", Field.NetworkForwardedIp, ValueKind.Ip);
        Add("msg message dsp_msg 描述 详情 内容 日志内容", Field.Message);
        Add("version ver", Field.ObserverVersion);
        return known;
    }
}

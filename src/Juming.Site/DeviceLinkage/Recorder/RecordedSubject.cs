namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>What a recording shows: a capability that playbooks and the block list ask for.</summary>
/// <param name="Capability">Name of the capability.</param>
/// <param name="Input">Input that says to what it is done; empty where it is done to the device itself.</param>
/// <param name="IsAddress">The target is an address.</param>
/// <param name="Inverse">Capability that takes it back, a recipe of its own; null where the inverse stands in the recipe itself, or there is none.</param>
/// <param name="NameZh">For people.</param>
/// <param name="NameEn">For people.</param>
internal sealed record RecordedSubject(string Capability, string Input, bool IsAddress, string? Inverse, string NameZh, string NameEn)
{
    public const string Block = "block-ip", Read = "read-status";

    public static readonly IReadOnlyList<RecordedSubject> All =
    [
        new(Block, "ip", true, null, "封禁地址", "block an address"),
        new("isolate-host", "host", true, "release-host", "隔离主机", "isolate a host"),
        new("disable-account", "account", false, "enable-account", "停用账号", "disable an account"),
        new("restart-service", "service", false, null, "重启服务", "restart a service"),
        new(Read, "", false, null, "读取状态", "read figures"),
    ];

    /// <summary>What is recorded is undone in a part of its own.</summary>
    public bool HasUndo => Capability == Block || Inverse is not null;

    /// <summary>It is done anew each time, and shows the same before and after.</summary>
    public bool IsRepeated => Capability == "restart-service";

    /// <summary>It changes nothing.</summary>
    public bool OnlyReads => Capability == Read;

    public static RecordedSubject? Of(string capability) => All.FirstOrDefault(s => s.Capability == capability);

    /// <summary>Name of the inverse for people.</summary>
    public (string Zh, string En) InverseName => Inverse switch { "release-host" => ("解除隔离", "release a host"), "enable-account" => ("启用账号", "enable an account"), _ => (NameZh, NameEn) };
}

/// <summary>A figure that a person marked on a page.</summary>
/// <param name="Label">Words beside it.</param>
/// <param name="Said">What it said when it was marked.</param>
/// <param name="Pattern">How it is cut out of what stands beside the words; empty for all of it.</param>
internal sealed record RecordedFigure(string Label, string Said, string Pattern);

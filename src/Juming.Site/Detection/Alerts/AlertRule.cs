using System.Text;

namespace Juming.Site.Detection.Alerts;

/// <summary>What becoming an alert needs to know of a rule. Made once per rule set; its mode may change while it runs.</summary>
internal sealed class AlertRule
{
    private readonly string _id = "";
    private int _mode;

    /// <summary>Identity.</summary>
    public required string Id
    {
        get => _id;
        init => (_id, IdBytes) = (value, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Identity as UTF-8, cut where it would not fit a hash's buffer.</summary>
    public byte[] IdBytes { get; private init; } = [];

    /// <summary>Title, English.</summary>
    public required string Title { get; init; }

    /// <summary>Severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Tactics with blanks around each.</summary>
    public string Tactics { get; init; } = "";

    /// <summary>Techniques with blanks around each.</summary>
    public string Techniques { get; init; } = "";

    /// <summary>Which fields hold the parties, where the rule says so.</summary>
    public EntityFields Entities { get; init; } = EntityFields.None;

    /// <summary>What its matches do.</summary>
    public RuleMode Mode
    {
        get => (RuleMode)Volatile.Read(ref _mode);
        set => Volatile.Write(ref _mode, (int)value);
    }

    /// <summary>Joins identities so that each has a blank on both sides.</summary>
    public static string Joined(IReadOnlyList<string> names) => names.Count == 0 ? "" : " " + string.Join(' ', names) + " ";

    /// <summary>Takes joined identities apart.</summary>
    public static string[] Apart(string joined) => joined.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Fields that hold the parties of a rule, in the order in which they are tried; empty where the rule says nothing.</summary>
internal sealed record EntityFields(ushort[] Attacker, ushort[] Victim, ushort[] Host, ushort[] Account)
{
    /// <summary>The rule says nothing.</summary>
    public static readonly EntityFields None = new([], [], [], []);
}

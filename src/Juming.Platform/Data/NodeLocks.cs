namespace Juming.Platform.Data;

/// <summary>Numbers of the locks by which the nodes of a tier take turns on their PostgreSQL database.</summary>
internal static class NodeLocks
{
    /// <summary>Handing out events.</summary>
    public const long Outbox = 7_236_001;

    /// <summary>Writing the audit trail.</summary>
    public const long Audit = 7_236_002;

    /// <summary>Changing what is believed of signed content, and signing it.</summary>
    public const long Content = 7_236_003;
}

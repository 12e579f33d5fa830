namespace Juming.Site.Events;

/// <summary>What the normaliser remembers about one sender, so that the next line is recognised at once. Used by one worker at a time or racily: every field is a hint.</summary>
public sealed class SourceMemory
{
    /// <summary>Zone for times that name none.</summary>
    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    /// <summary>Index of the format that fitted last; -1 for none.</summary>
    public int LastFormat { get; set; } = -1;

    /// <summary>Index of the time layout that fitted last; -1 for none.</summary>
    public int LastTimeLayout { get; set; } = -1;

    /// <summary>Charset that the operator has pinned ("utf-8", "gb18030", "latin1"), or null to decide per line.</summary>
    public string? PinnedCharset { get; set; }

    /// <summary>Address of the sender as text, or null.</summary>
    public string? Address { get; set; }
}

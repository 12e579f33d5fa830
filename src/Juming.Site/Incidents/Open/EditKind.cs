namespace Juming.Site.Incidents.Open;

/// <summary>What of an incident a person edits.</summary>
public enum EditKind
{
    /// <summary>Its title.</summary>
    Title,

    /// <summary>Who works on it.</summary>
    Assignee,

    /// <summary>How bad it is.</summary>
    Severity,

    /// <summary>What it was found to be, on the way to a further state or not.</summary>
    Verdict,

    /// <summary>Why work on it begins again.</summary>
    Reopen,
}

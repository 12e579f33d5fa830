namespace Juming.Site.Events;

/// <summary>Makes rules of searches. The module that keeps rules stands behind it, where there is one.</summary>
public interface IRuleDesk
{
    /// <summary>Permission that a person needs to make a rule.</summary>
    string Permission { get; }

    /// <summary>Address of the page on which a search becomes the draft of a rule.</summary>
    string AddressFor(string query);
}

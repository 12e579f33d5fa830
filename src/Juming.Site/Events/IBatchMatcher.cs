namespace Juming.Site.Events;

/// <summary>What looks at events after they are stored: detection, and later indicator matching.</summary>
public interface IBatchMatcher
{
    /// <summary>Looks at a stored batch. Called by several workers at once, each with its own batch; the batch is the caller's again on return.</summary>
    void Match(EventBatch batch);
}

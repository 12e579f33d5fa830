using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>Empty batches are used again, and a burst does not leave its memory behind.</summary>
[Category("S2.1")]
internal sealed class BatchPoolTests
{
    [Test]
    public void What_a_burst_filled_is_kept_up_to_the_bound_only()
    {
        var pool = new BatchPool(10_000_000);
        var burst = Enumerable.Range(0, 50).Select(_ => pool.Rent()).ToList();
        foreach (var batch in burst)
        {
            batch.MakeRoom(1000, 1_000_000);
            pool.Return(batch);
        }
        Assert.That(pool.Bytes, Is.InRange(8_000_000, 10_000_000));
    }

    [Test]
    public void The_last_that_came_back_goes_out_first_and_is_empty()
    {
        var pool = new BatchPool(10_000_000);
        var (first, last) = (pool.Rent(), pool.Rent());
        last.Begin("a line"u8, 1);
        pool.Return(first);
        pool.Return(last);
        var again = pool.Rent();
        Assert.That(again, Is.SameAs(last));
        Assert.That(again.Count + again.FieldCount + again.ArenaLength, Is.Zero);
        Assert.That(pool.Bytes, Is.EqualTo(first.Capacity));
        pool.Return(again);
        Assert.That(pool.Rent(), Is.SameAs(again));
    }
}

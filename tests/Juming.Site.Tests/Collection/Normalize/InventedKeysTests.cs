using System.Text;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

public sealed class InventedKeysTests
{
    [Test]
    public void A_sender_that_invents_keys_does_not_blind_the_others()
    {
        var asked = FieldNames.Intern("vendor.KeyThatARuleAsksFor");
        var normalizer = new LineNormalizer();
        var source = new SourceMemory();
        var hostile = new EventBatch();
        for (var n = 0; n < 5_000; n++)
        {
            hostile.Clear();
            normalizer.Normalize(hostile, Encoding.UTF8.GetBytes($"invented_a{n}=1 invented_b{n}=2 invented_c{n}=3"), new LineContext { Received = 1, Source = source });
        }

        var batch = new EventBatch();
        normalizer.Normalize(batch, "攻击名称=扫描 sRcIp=203.0.113.4 KeyThatARuleAsksFor=yes"u8, new LineContext { Received = 1, Source = source });

        Assert.That(batch.Text(0, Field.RuleName), Is.EqualTo("扫描"));
        Assert.That(batch.Text(0, Field.SourceIp), Is.EqualTo("203.0.113.4"));
        Assert.That(batch.Text(0, asked), Is.EqualTo("yes"));
    }
}

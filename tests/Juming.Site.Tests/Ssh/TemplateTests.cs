using Juming.Site.Response;
using NUnit.Framework;

namespace Juming.Site.Tests.Ssh;

/// <summary>Every template that comes with the program is run on a real host: it changes what it says, the host shows it, and taken back the host is as before.</summary>
[Category("S3.2")]
internal sealed class TemplateTests
{
    private SshBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await SshBench.Start();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    [TestCase("stop-service", "service=nginx.service", "cat /run/units/nginx")]
    [TestCase("quarantine-file", "file=/srv/www/一句话 x.php", "cd /srv/www; ls -l; cat '一句话 x.php' 2>&1 || :", "mkdir -p /srv/www; echo bad >'/srv/www/一句话 x.php'; chown zhang '/srv/www/一句话 x.php'; chmod 4640 '/srv/www/一句话 x.php'", Category = "Long")]
    [TestCase("disable-crontab", "account=zhang", "ls -l /var/spool/cron/crontabs", "echo '* * * * * id' >/var/spool/cron/crontabs/zhang", Category = "Long")]
    public Task A_command_comes_about_and_is_taken_back(string template, string inputs, string look, string before = ":") => Cycle("ssh-command", "root", template, inputs, look, before);

    [TestCase("sshd-no-passwords", "", "sshd -T | grep -i ^passwordauth; md5sum /etc/ssh/sshd_config", Category = "Long")]
    [TestCase("sshd-no-empty-passwords", "", "sshd -T | grep -i ^permitempty", "sed -i '1iPermitEmptyPasswords yes' /etc/ssh/sshd_config", Category = "Long")]
    [TestCase("sshd-max-auth-tries", "tries=3", "sshd -T | grep -i ^maxauth; md5sum /etc/ssh/sshd_config; stat -c '%a %U' /etc/ssh/sshd_config")]
    [TestCase("password-max-days", "days=90", "cat /etc/login.defs")]
    [TestCase("password-min-days", "days=2", "grep -v ^# /etc/login.defs", "sed -i /^PASS_MIN_DAYS/d /etc/login.defs", Category = "Long")]
    [TestCase("kernel-setting", "setting=net.ipv4.tcp_syncookies", "cat /proc/sys/net/ipv4/tcp_syncookies; ls /etc/sysctl.d", Category = "Long")]
    [TestCase("kernel-setting", "setting=net.ipv4.conf.all.accept_redirects", "cat /proc/sys/net/ipv4/conf/all/accept_redirects", Category = "Long")]
    [TestCase("service-on", "", "cat /run/units/auditd", Category = "Long")]
    [TestCase("service-off", "service=nginx", "cat /run/units/nginx", Category = "Long")]
    [TestCase("file-permissions", "file=shadow", "stat -c %a /etc/shadow", "chmod 644 /etc/shadow", Category = "Long")]
    [TestCase("shell-timeout", "seconds=300", "cat /etc/profile.d/juming-timeout.sh 2>&1 || :", Category = "Long")]
    [TestCase("shell-timeout", "seconds=300", "cat /etc/profile.d/juming-timeout.sh", "echo 'readonly TMOUT=900' >/etc/profile.d/juming-timeout.sh", Category = "Long")]
    public Task A_fix_comes_about_and_is_taken_back(string template, string inputs, string look, string before = ":") => Cycle("harden", "root", template, inputs, look, before);

    [TestCase("lock-account", "account=zhang", "grep ^zhang: /etc/shadow")]
    [TestCase("unlock-account", "account=zhang", "grep ^zhang: /etc/shadow", "usermod -L zhang; chage -E 20000 zhang", Category = "Long")]
    [TestCase("expire-password", "account=zhang", "grep ^zhang: /etc/shadow", Category = "Long")]
    [TestCase("remove-from-group", "account=zhang\ngroup=sudo", "id -nG zhang | tr ' ' '\n' | sort", Category = "Long")]
    [TestCase("add-to-group", "account=zhang\ngroup=webadmin", "id -nG zhang", Category = "Long")]
    [TestCase("remove-sudo-rule", "account=zhang\nrule=zhang", "ls -l --time-style=+ /etc/sudoers.d; cat /etc/sudoers.d/zhang 2>&1 || :", Category = "Long")]
    public Task A_change_of_rights_comes_about_and_is_taken_back(string template, string inputs, string look, string before = ":") => Cycle("change-rights", "root", template, inputs, look, before);

    [Test]
    public async Task A_key_that_may_sign_in_is_removed_by_its_fingerprint_and_is_there_again()
    {
        var key = (await _bench.Sh("ssh-keygen -lf /home/zhang/.ssh/authorized_keys | cut -d' ' -f2")).Split('\n')[0];
        await Cycle("change-rights", "root", "remove-authorized-key", "account=zhang\nkey=" + key, "cd /home/zhang/.ssh; ls -l --time-style=+; cat authorized_keys");
    }

    [Test]
    public async Task Programs_and_processes_of_an_account_end_and_that_can_not_be_taken_back()
    {
        await _bench.Sh("cp /usr/bin/sleep /srv/miner; for i in 1 2; do setsid /srv/miner 500 </dev/null >/dev/null 2>&1 & done; sleep 0.3; rm /srv/miner; setsid su zhang -c 'sleep 400' </dev/null >/dev/null 2>&1 & sleep 0.3; pgrep miner; pgrep -u zhang");
        var killed = await _bench.Works("ssh-command", "root", "kill-program", "program=/srv/miner");
        Assert.That((await _bench.Sh("pgrep miner || echo none; pgrep -u zhang >/dev/null && echo zhang"), killed.Steps[0].Evidence["before"]), Is.EqualTo(("none\nzhang", "2")));
        await _bench.Works("ssh-command", "root", "kill-user-processes", "account=zhang");
        Assert.That(await _bench.Sh("pgrep -u zhang || echo none"), Is.EqualTo("none"));
        Assert.That((await _bench.Bench.Site.Send(new Site.Response.Runs.RollBackRun(killed.Brief.Number))).Error, Is.Null);
        var back = await _bench.Bench.Until(killed.Brief.Number, r => r.Steps[0].State == StepState.UndoFailed);
        Assert.That(back.Steps[0].Code, Is.EqualTo("ssh.no-inverse"));
    }

    [TestCase("triage", "", "== sessions ==")]
    [TestCase("authorized-keys", "", "SHA256:")]
    [TestCase("recent-files", "folder=/etc\ndays=1", "/etc/passwd")]
    public async Task What_only_reads_gives_its_output_and_changes_nothing(string template, string inputs, string told)
    {
        var before = await _bench.Sh("cat /etc/passwd /etc/shadow /etc/group | md5sum");
        var run = await _bench.Works("ssh-command", "root", template, inputs);
        Assert.That(run.Steps[0].Output["output"], Does.Contain(told));
        Assert.That(run.Steps[0].Evidence["changed"], Is.EqualTo("false"));
        Assert.That(await _bench.Sh("cat /etc/passwd /etc/shadow /etc/group | md5sum"), Is.EqualTo(before));
    }

    [TestCase("ssh-command", "stop-service", "service=sshd.service", "ssh.essential")]
    [TestCase("ssh-command", "stop-service", "service=nosuch", "ssh.not-there")]
    [TestCase("ssh-command", "quarantine-file", "file=/srv/none", "ssh.not-there")]
    [TestCase("ssh-command", "quarantine-file", "file=/srv/link/shadow", "ssh.outside-roots")]
    [TestCase("ssh-command", "kill-user-processes", "account=root", "ssh.root-account")]
    [TestCase("ssh-command", "kill-user-processes", "account=nobody-here", "ssh.no-such-account")]
    [TestCase("ssh-command", "lock-account", "account=zhang", "ssh.other-kind")]
    [TestCase("harden", "sshd-no-root-login", "", "ssh.own-access")]
    [TestCase("harden", "service-off", "service=dbus", "ssh.essential")]
    [TestCase("change-rights", "lock-account", "account=root", "ssh.root-account")]
    [TestCase("change-rights", "lock-account", "account=toor", "ssh.root-account")]
    [TestCase("change-rights", "lock-account", "account=0", "ssh.bad-parameter")]
    [TestCase("change-rights", "lock-account", "account=nobody-here", "ssh.no-such-account")]
    [TestCase("change-rights", "add-to-group", "account=zhang\ngroup=sudo", "ssh.privileged-group")]
    [TestCase("change-rights", "remove-from-group", "account=zhang\ngroup=zhang", "ssh.primary-group")]
    [TestCase("change-rights", "remove-sudo-rule", "account=plain\nrule=zhang", "ssh.not-there")]
    public async Task What_must_not_be_done_is_refused_and_the_host_stays_as_it_is(string capability, string template, string inputs, string code)
    {
        await _bench.Sh("ln -sfn /etc /srv/link; grep -q ^toor: /etc/passwd || { echo toor:x:0:0::/root:/bin/sh >>/etc/passwd; echo 'toor:*:20000:0:99999:7:::' >>/etc/shadow; }");
        var before = await _bench.Sh("cat /etc/passwd /etc/shadow /etc/group /etc/ssh/sshd_config /run/units/nginx | md5sum; ls /etc/sudoers.d");
        await _bench.Refused(code, capability, "root", template, inputs);
        Assert.That(await _bench.Sh("cat /etc/passwd /etc/shadow /etc/group /etc/ssh/sshd_config /run/units/nginx | md5sum; ls /etc/sudoers.d"), Is.EqualTo(before));
    }

    private async Task Cycle(string capability, string host, string template, string inputs, string look, string before = ":")
    {
        await _bench.Sh(before);
        var was = await _bench.Sh(look);
        var run = await _bench.Works(capability, host, template, inputs);
        var now = await _bench.Sh(look);
        Assert.That(now, Is.Not.EqualTo(was));
        Assert.That(run.Steps[0].Evidence["changed"], Is.EqualTo("true"));
        // What is so already is left alone, and taking that back takes nothing back.
        var again = await _bench.Works(capability, host, template, inputs);
        Assert.That(again.Steps[0].Evidence["changed"], Is.EqualTo("false"));
        await _bench.RollBack(again);
        Assert.That(await _bench.Sh(look), Is.EqualTo(now));
        await _bench.RollBack(run);
        Assert.That(await _bench.Sh(look), Is.EqualTo(was));
    }
}

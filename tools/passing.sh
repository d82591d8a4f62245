# Put into dispatch.sh for charms that reconcile: hooks that can change nothing end here.
# What a workload's own user reads must not depend on who started the agent.
umask 022
# A hook that Juju always follows with another one is left to that one, which does the same:
# relation-joined to relation-changed, what an application says to the first of its units, and
# everything before the first start to that.
new=$charm/.new-relation-${JUJU_RELATION_ID##*:}
case "$JUJU_DISPATCH_PATH" in
    hooks/*-relation-created) : > "$new" ;;
    hooks/*-relation-joined) rm -f "$new"; exit 0 ;;
    hooks/*-relation-broken) rm -f "$new" ;;
    hooks/*-relation-changed)
        # Peers of ours are told by themselves, whether or not there is another one.
        [ ! -e "$new" ] || [ "$JUJU_REMOTE_APP" = "${JUJU_UNIT_NAME%/*}" ] || exit 0 ;;
esac
case "$JUJU_DISPATCH_PATH" in
    hooks/install | hooks/*-relation-created | hooks/*-storage-attached | \
        hooks/leader-elected | hooks/config-changed) [ -e "$charm/.started" ] || exit 0 ;;
    *) [ -e "$charm/.started" ] || : > "$charm/.started" ;;
esac
# So is one of which the charm has said, when it last ran, that it can change nothing
# (dataops.passing): each line names a hook, and maybe what the other side must not have said, or
# by relation the digest of all that it may have said.
# The very hook of that run is never among them: Juju runs it again when it could not keep what it
# had written, and says nothing of that.
hook="$JUJU_DISPATCH_PATH $JUJU_RELATION_ID $JUJU_REMOTE_UNIT"
last=
[ ! -e "$charm/.last" ] || IFS= read -r last < "$charm/.last"
if [ -e "$charm/.passed-over" ] && [ "$hook" != "$last" ]; then
    while read -r passed key digest; do
        [ "$JUJU_DISPATCH_PATH" = "hooks/$passed" ] || continue
        if [ -n "$digest" ]; then
            [ "$key" = "=${JUJU_RELATION_ID##*:}" ] || continue
            said=$(relation-get --format=json --app - "$JUJU_REMOTE_APP" < /dev/null | sha256sum)
            [ "${said%% *}" = "$digest" ] || continue
        elif [ -n "$key" ]; then
            said=$(relation-get --app "$key" "$JUJU_REMOTE_APP" < /dev/null) || continue
            if [ -n "$JUJU_REMOTE_UNIT" ]; then
                said=$said$(relation-get "$key" "$JUJU_REMOTE_UNIT" < /dev/null) || continue
            fi
            [ -z "$said" ] || continue
        fi
        # That there is another hook says that the last one was kept.
        rm -f "$charm/.last"
        exit 0
    done < "$charm/.passed-over"
fi
rm -f "$charm/.passed-over"
echo "$hook" > "$charm/.last"

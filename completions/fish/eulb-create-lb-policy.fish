# eulb-create-lb-policy: NA, not supported in 3.3.0
complete -c eulb-create-lb-policy -s U -l url -d 'Load balancing service endpoint URL; REGION::URL signs for REGION' -r
complete -c eulb-create-lb-policy -l region -d 'Region and/or user names to search when looking up configuration file data' -r
complete -c eulb-create-lb-policy -s I -l access-key-id -d 'Access key ID' -r
complete -c eulb-create-lb-policy -s S -l secret-key -d 'Secret key' -r
complete -c eulb-create-lb-policy -l security-token -d 'Security token of temporary credentials' -r
complete -c eulb-create-lb-policy -l release -d 'Release to target: 3.3.0 (the default) to 4.4.2, or aws' -r
complete -c eulb-create-lb-policy -l ca-file -d 'Verify the certificate of an https endpoint with the authorities of this PEM file' -r -F
complete -c eulb-create-lb-policy -l color -d 'Whether to use colour: auto (the default: on a terminal), always or never' -r
complete -c eulb-create-lb-policy -l dry-run -d 'Print the request that would be sent, or a curl command that sends it, and send nothing' -r
complete -c eulb-create-lb-policy -l cli-input-json -d 'Read from a JSON file what the command line does not say; "-" reads standard input' -r
complete -c eulb-create-lb-policy -s n -l policy-name -d 'Name of the new policy (required)' -r
complete -c eulb-create-lb-policy -s t -l policy-type -d 'Type of the new policy (required)' -r
complete -c eulb-create-lb-policy -s a -l attribute -d 'Name and value of one attribute of the new policy (can be repeated)' -r
complete -c eulb-create-lb-policy -s A -l attributes -d 'Names and values of attributes of the new policy (can be repeated)' -r
complete -c eulb-create-lb-policy -l attributes-from-file -d 'File with further attributes, one NAME=VALUE on each line; "-" reads standard input' -r
complete -c eulb-create-lb-policy -l verify-ssl -d 'Verify the certificate of an https endpoint'
complete -c eulb-create-lb-policy -l no-verify-ssl -d 'Do not verify the certificate of an https endpoint, even if the region says verify-ssl = true'
complete -c eulb-create-lb-policy -l debug -d 'Show debugging output on standard error'
complete -c eulb-create-lb-policy -l debugger -d 'Show debugging output; accepted for compatibility, there is no debugger'
complete -c eulb-create-lb-policy -l version -d 'Show the program\'s version and exit'
complete -c eulb-create-lb-policy -s h -l help -d 'Show this help message and exit (--help tells more)'
complete -c eulb-create-lb-policy -l generate-cli-skeleton -d 'Print a JSON file for --cli-input-json, with what the command line says filled in, and send nothing'
function __eulb_asking
    command -q eulb; and eulb complete -- (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c eulb-create-lb-policy -l release -x -a '(__eulb_asking)'
complete -c eulb-create-lb-policy -l color -x -a '(__eulb_asking)'
complete -c eulb-create-lb-policy -l dry-run -x -a '(__eulb_asking)'
complete -c eulb-create-lb-policy -s n -l policy-name -x -a '(__eulb_asking)'
complete -c eulb-create-lb-policy -f -a '(__eulb_asking)'
